"""Forward, backward, and the two of them watched.

Shapes: X is (n, n_inputs), Y is (n, n_outputs); z and a of layer l are (n, layer_sizes[l + 1]).
What the first layer gets, the features, is X itself unless the network has an embedding.
The loss of some rows is Σ wᵢ lossᵢ / Σ wᵢ + (l1 Σ |weights| + ½ l2 Σ weights²) / Σ wᵢ (biases left out; wᵢ = 1 unless
given), so that `l2` means what `alpha` means in scikit-learn. The slope of |weight| at 0 is taken for 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from selenite.errors import NetworkError
from selenite.nn.activations import ACTIVATIONS
from selenite.nn.embedding import embedding_gradient, embedding_input_gradient, plain_features
from selenite.nn.losses import LOSSES, parse_loss
from selenite.nn.network import Network
from selenite.types import Array


def features(network: Network, parameters: Array, X: Array) -> Array:
    """Return what the first layer gets, shape (n, n_features)."""
    views = network.embedding_views(parameters)
    if network.embedding is None or views is None:
        return X
    scaled: Array = plain_features(network.embedding, views, X) * views.factors
    return scaled


def forward(
    network: Network, parameters: Array, X: Array, masks: list[Array] | None = None
) -> tuple[list[Array], list[Array]]:
    """Return what every layer computes.

    Parameters
    ----------
    network : Network
    parameters : array of shape (n_parameters,)
    X : array of shape (n, n_inputs), of the parameters' dtype
    masks : list of arrays of shape (n, units), optional
        What multiplies the activations of each hidden layer: for dropout 0 or 1 / (1 - rate).

    Returns
    -------
    z : list of arrays of shape (n, units)
        The sums of each layer, before its activation.
    a : list of arrays
        The features, shape (n, n_features), then the activations of each layer; the last are the prediction.

    Examples
    --------
    >>> network = Network((2, 1), ("relu",))  # weights 1 and 2, bias -4
    >>> z, a = forward(network, np.array([1.0, 2.0, -4.0]), np.array([[3.0, 5.0], [1.0, 1.0]]))
    >>> z[0].tolist(), a[-1].tolist()
    ([[9.0], [-1.0]], [[9.0], [0.0]])
    """
    z: list[Array] = []
    a: list[Array] = [features(network, parameters, X)]
    layers = zip(network.weights(parameters), network.bias_vectors(parameters), network.activations, strict=True)
    for layer, (weights, biases, activation) in enumerate(layers):
        z.append(a[-1] @ weights)
        if biases is not None:
            z[-1] += biases
        a.append(ACTIVATIONS[activation].value(z[-1]))
        if masks is not None and layer < network.n_layers - 1:
            a[-1] *= masks[layer]
    return z, a


def predict(network: Network, parameters: Array, X: Array) -> Array:
    """Return the prediction for each row.

    Parameters
    ----------
    network, X : as `forward` takes them
    parameters : array of shape (n_parameters,) or (n_members, n_parameters)
        Those of an ensemble give the mean of its members' predictions.

    Returns
    -------
    array of shape (n, n_outputs)
        Probabilities after softmax and logistic, numbers else.

    Examples
    --------
    >>> predict(Network((2, 1), ("identity",)), np.array([1.0, 2.0, -4.0]), np.array([[3.0, 5.0]])).tolist()
    [[9.0]]
    """
    if parameters.ndim == 2:
        mean = predict(network, parameters[0], X)
        for member in parameters[1:]:
            mean += predict(network, member, X)
        mean /= parameters.dtype.type(len(parameters))
        return mean
    return forward(network, parameters, X)[1][-1]


def row_losses(network: Network, raw_output: Array, prediction: Array, Y: Array) -> Array:
    """Return the loss of each row, shape (n,)."""
    name, parameter = parse_loss(network.loss)
    losses: Array = LOSSES[name].value(Y, raw_output, prediction, network.activations[-1], parameter).sum(axis=1)
    return losses


def output_delta(network: Network, raw_output: Array, prediction: Array, Y: Array) -> Array:
    """Return the derivative of each row's loss with respect to its raw output, shape (n, n_outputs)."""
    name, parameter = parse_loss(network.loss)
    return LOSSES[name].delta(Y, raw_output, prediction, network.activations[-1], parameter)


def backward(
    network: Network, parameters: Array, z: list[Array], a: list[Array], delta: Array, masks: list[Array] | None = None
) -> list[Array]:
    """Return the delta of every layer from that of the output, by the chain rule.

        δ[l] = (δ[l + 1] @ weights[l + 1]ᵀ) * a'(z[l])

    Delta is the derivative of each row's loss with respect to z (Rumelhart, Hinton and Williams 1986).

    Parameters
    ----------
    network, parameters, masks : as `forward` had them
    z, a : lists of arrays
        What `forward` returned for the rows.
    delta : array of shape (n, n_outputs)
        Where it begins: the delta of the output.

    Returns
    -------
    list of arrays of shape (n, units)
        The delta of each layer, the output's last.

    Examples
    --------
    >>> network = Network((1, 1, 1), ("relu", "identity"), biases=False)  # relu(2 x) * 3
    >>> parameters = np.array([2.0, 3.0])
    >>> z, a = forward(network, parameters, np.array([[5.0]]))
    >>> [delta.tolist() for delta in backward(network, parameters, z, a, np.array([[1.0]]))]
    [[[3.0]], [[1.0]]]
    """
    deltas = [delta]
    weights = network.weights(parameters)
    for layer in range(network.n_layers - 2, -1, -1):
        delta = deltas[0] @ weights[layer + 1].T
        if masks is None:
            activation = a[layer + 1]
        else:
            delta *= masks[layer]
            activation = ACTIVATIONS[network.activations[layer]].value(z[layer])  # as it was before the mask
        delta *= ACTIVATIONS[network.activations[layer]].derivative(z[layer], activation)
        deltas.insert(0, delta)
    return deltas


def loss_and_gradient(
    network: Network,
    parameters: Array,
    X: Array,
    Y: Array,
    *,
    sample_weight: Array | None = None,
    l1: float = 0.0,
    l2: float = 0.0,
    masks: list[Array] | None = None,
) -> tuple[float, Array]:
    """Return the mean loss of the rows, and its gradient.

    Parameters
    ----------
    network, parameters, X, masks : as `forward` takes them
    Y : array of shape (n, n_outputs), of the parameters' dtype
        The answers; of classes one column each, 1 in that of the row's class.
    sample_weight : array of shape (n,), optional
        How much each row counts; 1 each unless given.
    l1, l2 : float
        Strength of the penalties on the weights, see the formula at the top of this file.

    Returns
    -------
    loss : float
    gradient : array of shape (n_parameters,)
        The derivative of the loss with respect to each parameter, in the parameters' order.

    Examples
    --------
    >>> network = Network((1, 1), ("identity",), "squared_error")  # 2 x + 1, and the answer is 5
    >>> loss, gradient = loss_and_gradient(network, np.array([2.0, 1.0]), np.array([[3.0]]), np.array([[5.0]]))
    >>> loss, gradient.tolist()  # ½ (7 - 5)²; 2 times 3, and 2
    (2.0, [6.0, 2.0])
    """
    loss, total, gradient = gradient_sums(network, parameters, X, Y, sample_weight, masks)
    return mean_of(network, parameters, loss, total, gradient, l1, l2)


def gradient_sums(
    network: Network,
    parameters: Array,
    X: Array,
    Y: Array,
    sample_weight: Array | None = None,
    masks: list[Array] | None = None,
) -> tuple[float, float, Array]:
    """Return the sums over the rows: loss, weight, gradient."""
    z, a = forward(network, parameters, X, masks)
    losses = row_losses(network, z[-1], a[-1], Y)
    delta = output_delta(network, z[-1], a[-1], Y)
    if sample_weight is None:
        total, loss = float(len(X)), float(losses.sum(dtype=np.float64))
    else:
        total, loss = float(sample_weight.sum(dtype=np.float64)), float(sample_weight @ losses)
        delta = delta * sample_weight[:, None]
    deltas = backward(network, parameters, z, a, delta, masks)

    gradient = np.empty_like(parameters)
    slopes = zip(network.weights(gradient), network.bias_vectors(gradient), a[:-1], deltas, strict=True)
    for weights, biases, before, delta in slopes:
        np.matmul(before.T, delta, out=weights)
        if biases is not None:
            delta.sum(axis=0, out=biases)
    views, embedding_slopes = network.embedding_views(parameters), network.embedding_views(gradient)
    if network.embedding is not None and views is not None and embedding_slopes is not None:
        embedding_gradient(network.embedding, views, embedding_slopes, X, deltas[0] @ network.weights(parameters)[0].T)
    return loss, total, gradient


def mean_of(
    network: Network, parameters: Array, loss: float, total: float, gradient: Array, l1: float, l2: float
) -> tuple[float, Array]:
    """Return the mean loss and gradient of sums over rows, with the penalties; writes into the gradient."""
    if l1 > 0 or l2 > 0:
        pairs = zip(network.weights(gradient), network.weights(parameters), strict=True)
        for slope, weights in pairs:
            slope += l2 * weights + l1 * np.sign(weights)
            loss += 0.5 * l2 * float((weights * weights).sum(dtype=np.float64))
            loss += l1 * float(np.abs(weights).sum(dtype=np.float64))
    gradient /= total
    return loss / total, gradient


def input_gradient(network: Network, parameters: Array, X: Array, output: int = 0) -> Array:
    """Return how one raw output, before its activation, changes with each input.

    Parameters
    ----------
    network, parameters, X : as `forward` takes them
    output : int
        Which output, from 0.

    Returns
    -------
    array of shape (n, n_inputs)

    Examples
    --------
    >>> input_gradient(Network((2, 1), ("logistic",)), np.array([1.0, 2.0, -4.0]), np.array([[3.0, 5.0]])).tolist()
    [[1.0, 2.0]]
    """
    z, a = forward(network, parameters, X)
    delta = np.zeros_like(z[-1])
    delta[:, output] = 1
    slope: Array = backward(network, parameters, z, a, delta)[0] @ network.weights(parameters)[0].T
    views = network.embedding_views(parameters)
    if network.embedding is None or views is None:
        return slope
    return embedding_input_gradient(network.embedding, views, X, slope)


def jacobian(network: Network, parameters: Array, X: Array) -> Array:
    """Return the derivative of each prediction with respect to each parameter.

    Parameters
    ----------
    network, parameters, X : as `forward` takes them
        The output activation takes each unit by itself, which softmax does not; without an embedding.

    Returns
    -------
    array of shape (n, n_outputs, n_parameters)

    Raises
    ------
    NetworkError
        If the output is softmax, or the network has an embedding.

    Examples
    --------
    >>> jacobian(Network((2, 1), ("identity",)), np.zeros(3), np.array([[5.0, 7.0]])).tolist()
    [[[5.0, 7.0, 1.0]]]
    """
    check_elementwise(network)
    z, a = forward(network, parameters, X)
    slope = ACTIVATIONS[network.activations[-1]].derivative(z[-1], a[-1])
    found = np.empty((len(X), network.n_outputs, network.n_parameters), parameters.dtype)
    for output in range(network.n_outputs):
        delta = np.zeros_like(slope)
        delta[:, output] = slope[:, output]
        parts: list[Array] = []
        for before, d in zip(a[:-1], backward(network, parameters, z, a, delta), strict=True):
            parts.append((before[:, :, None] * d[:, None, :]).reshape(len(X), -1))
            if network.biases:
                parts.append(d)
        np.concatenate(parts, axis=1, out=found[:, output])
    return found


def check_elementwise(network: Network) -> None:
    """Refuse an output of which each unit depends on the others, and an embedding."""
    if network.embedding is not None:
        raise NetworkError("the jacobian is for networks without an embedding")
    if network.activations[-1] == "softmax":
        raise NetworkError("the jacobian is for outputs that stand each by itself; softmax's do not")


@dataclass(frozen=True)
class Trace:
    """Everything that was computed for some rows; the gradient is the mean over the rows of what each says.

    The gradient of a weight is the mean over rows of `a[l][r, i] * delta[l][r, j]`, see `gradient_terms`;
    that of a bias is the mean of `delta[l][r, j]`.

    Attributes
    ----------
    z : list of arrays of shape (n, units)
        The sums of each layer, before its activation.
    a : list of arrays
        The features, shape (n, n_features), then the activations of each layer.
    delta : list of arrays of shape (n, units)
        The derivative of the row's loss with respect to z.
    losses : array of shape (n,)
        The loss of each row.
    """

    z: list[Array]
    a: list[Array]
    delta: list[Array]
    losses: Array

    def gradient_terms(self, layer: int) -> Array:
        """Return each row's part in the gradient of the weights of one layer, shape (n, n_in, n_out)."""
        return self.a[layer][:, :, None] * self.delta[layer][:, None, :]


def trace(network: Network, parameters: Array, X: Array, Y: Array) -> Trace:
    """Return every z, activation, delta and loss of the given rows.

    Parameters
    ----------
    network, parameters, X, Y : as `loss_and_gradient` takes them

    Examples
    --------
    >>> network = Network((1, 1), ("identity",), "squared_error")
    >>> seen = trace(network, np.array([2.0, 1.0]), np.array([[3.0]]), np.array([[5.0]]))
    >>> seen.delta[0].tolist(), seen.gradient_terms(0).tolist(), seen.losses.tolist()
    ([[2.0]], [[[6.0]]], [2.0])
    """
    z, a = forward(network, parameters, X)
    delta = output_delta(network, z[-1], a[-1], Y)
    return Trace(z, a, backward(network, parameters, z, a, delta), row_losses(network, z[-1], a[-1], Y))
