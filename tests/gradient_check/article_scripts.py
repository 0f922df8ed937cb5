"""Flat scripts as readers of the tutorial type them, one a part of it, and other habits; edits make slips."""

PERCEPTRON = """
import numpy as np

feature_set = np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0], [1, 1, 0], [1, 1, 1]])
labels = np.array([[1, 0, 0, 1, 1]]).reshape(5, 1)
np.random.seed(42)
weights = np.random.rand(3, 1)
bias = np.random.rand(1)
lr = 0.05


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sigmoid_der(x):
    return sigmoid(x) * (1 - sigmoid(x))


for epoch in range(20000):
    inputs = feature_set
    XW = np.dot(feature_set, weights) + bias
    z = sigmoid(XW)
    error = z - labels
    print(error.sum())  # no cost: errors of both signs
    dcost_dpred = error
    dpred_dz = sigmoid_der(XW)
    z_delta = dcost_dpred * dpred_dz
    inputs = feature_set.T
    weights -= lr * np.dot(inputs, z_delta)
    for num in z_delta:
        bias -= lr * num

print(sigmoid(np.dot(np.array([1, 0, 0]), weights) + bias))
"""

MOONS = """
import matplotlib.pyplot as plt
import numpy as np
from sklearn import datasets

np.random.seed(0)
feature_set, labels = datasets.make_moons(100, noise=0.10)
plt.scatter(feature_set[:, 0], feature_set[:, 1], c=labels)
plt.show()
labels = labels.reshape(100, 1)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sigmoid_der(x):
    return sigmoid(x) * (1 - sigmoid(x))


wh = np.random.rand(len(feature_set[0]), 4)
wo = np.random.rand(4, 1)
lr = 0.5

for epoch in range(200000):
    # forward
    zh = np.dot(feature_set, wh)
    ah = sigmoid(zh)
    zo = np.dot(ah, wo)
    ao = sigmoid(zo)
    error_out = (1 / 2) * np.power(ao - labels, 2)
    print(error_out.sum())
    # the output's weights
    dcost_dao = ao - labels
    dao_dzo = sigmoid_der(zo)
    dzo_dwo = ah
    dcost_wo = np.dot(dzo_dwo.T, dcost_dao * dao_dzo)
    # the hidden weights
    dcost_dzo = dcost_dao * dao_dzo
    dzo_dah = wo
    dcost_dah = np.dot(dcost_dzo, dzo_dah.T)
    dah_dzh = sigmoid_der(zh)
    dzh_dwh = feature_set
    dcost_wh = np.dot(dzh_dwh.T, dah_dzh * dcost_dah)
    # the step
    wh -= lr * dcost_wh
    wo -= lr * dcost_wo
    if epoch % 10000 == 0:
        plt.plot(epoch, error_out.sum(), "o")
        plt.pause(0.01)
"""

ANIMALS = """
import numpy as np

np.random.seed(42)
cats = np.random.randn(70, 2) + np.array([0, -3])
mice = np.random.randn(70, 2) + np.array([3, 3])
dogs = np.random.randn(70, 2) + np.array([-3, 3])
feature_set = np.vstack([cats, mice, dogs])
labels = np.array([0] * 70 + [1] * 70 + [2] * 70)
one_hot_labels = np.zeros((210, 3))
for i in range(210):
    one_hot_labels[i, labels[i]] = 1


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sigmoid_der(x):
    return sigmoid(x) * (1 - sigmoid(x))


def softmax(A):
    expA = np.exp(A)
    return expA / expA.sum(axis=1, keepdims=True)


wh = np.random.rand(2, 4)
bh = np.random.randn(4)
wo = np.random.rand(4, 3)
bo = np.random.randn(3)
lr = 10e-4
error_cost = []

for epoch in range(50000):
    zh = np.dot(feature_set, wh) + bh
    ah = sigmoid(zh)
    zo = np.dot(ah, wo) + bo
    ao = softmax(zo)
    dcost_dzo = ao - one_hot_labels
    dzo_dwo = ah
    dcost_wo = np.dot(dzo_dwo.T, dcost_dzo)
    dcost_bo = dcost_dzo
    dzo_dah = wo
    dcost_dah = np.dot(dcost_dzo, dzo_dah.T)
    dah_dzh = sigmoid_der(zh)
    dzh_dwh = feature_set
    dcost_wh = np.dot(dzh_dwh.T, dah_dzh * dcost_dah)
    dcost_bh = dcost_dah * dah_dzh
    wh -= lr * dcost_wh
    bh -= lr * dcost_bh.sum(axis=0)
    wo -= lr * dcost_wo
    bo -= lr * dcost_bo.sum(axis=0)
    if epoch % 200 == 199:
        loss = np.sum(-one_hot_labels * np.log(ao))
        print("Loss function value: ", loss)
        error_cost.append(loss)
"""

ROW_BY_ROW_SUMMED = """
import numpy as np

np.random.seed(1)
X = np.random.randn(20, 2)
y = (X[:, 0] * X[:, 1] > 0).astype(float)
w1, b1, w2, b2 = np.random.randn(2, 4), np.zeros(4), np.random.randn(4, 1), np.zeros(1)
alpha = 0.1
sig = lambda v: 1 / (1 + np.exp(-v))
for it in range(1, 5001):
    total = 0
    dw1, db1, dw2, db2 = np.zeros_like(w1), np.zeros_like(b1), np.zeros_like(w2), np.zeros_like(b2)
    for i in range(len(X)):
        x, target = X[i : i + 1], y[i]
        h = sig(x @ w1 + b1)
        out = sig(h @ w2 + b2)
        total += ((out - target) ** 2).sum() / 2
        d2 = (out - target) * out * (1 - out)
        dw2 += h.T @ d2
        db2 += d2[0]
        d1 = d2 @ w2.T * h * (1 - h)
        dw1 += x.T @ d1
        db1 += d1[0]
    w1 = w1 - alpha * dw1
    b1 = b1 - alpha * db1
    w2 = w2 - alpha * dw2
    b2 = b2 - alpha * db2
    if it % 500 == 0:
        print(it, total)
"""

ROW_BY_ROW_STEPS = """
import numpy as np

inputs = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
targets = [0, 1, 1, 0]
rng = np.random.default_rng(3)
W1, W2, B1, B2 = rng.normal(size=(2, 3)), rng.normal(size=3), np.zeros(3), 0


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


for epoch in range(1000):
    for x, t in zip(inputs, targets):
        h = sigmoid(x @ W1 + B1)
        p = sigmoid(h @ W2 + B2)
        err = p - t
        g = err * p * (1 - p)
        gh = g * W2 * h * (1 - h)
        W2 -= 0.1 * g * h
        B2 -= 0.1 * g
        W1 -= 0.1 * np.outer(x, gh)
        B1 -= 0.1 * gh
"""

ELEVEN_LINES = """
import numpy as np

def nonlin(x, deriv=False):
    return x * (1 - x) if deriv else 1 / (1 + np.exp(-x))

X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
y = np.array([[0], [1], [1], [0]])
np.random.seed(1)
syn0 = 2 * np.random.random((3, 4)) - 1
syn1 = 2 * np.random.random((4, 1)) - 1
for j in range(60000):
    l0 = X
    l1 = nonlin(np.dot(l0, syn0))
    l2 = nonlin(np.dot(l1, syn1))
    l2_error = y - l2
    if j % 10000 == 0:
        print("Error:" + str(np.mean(np.abs(l2_error))))
    l2_delta = l2_error * nonlin(l2, deriv=True)
    l1_error = l2_delta.dot(syn1.T)
    l1_delta = l1_error * nonlin(l1, deriv=True)
    syn1 += l1.T.dot(l2_delta)
    syn0 += l0.T.dot(l1_delta)
"""

LISTS = """
import numpy as np

X = np.random.default_rng(0).normal(size=(40, 3))
y = (X.sum(1, keepdims=True) > 0) * 1.0
w = [np.random.default_rng(1).normal(size=(3, 5)), np.random.default_rng(2).normal(size=(5, 1))]
b = [np.zeros(5), np.zeros(1)]
for epoch in range(10):
    a = [X]
    for i in range(2):
        a.append(1 / (1 + np.exp(-(a[-1] @ w[i] + b[i]))))
    cost = -np.mean(y * np.log(a[-1]) + (1 - y) * np.log(1 - a[-1]))
    print(f"epoch {epoch}: cost {cost:.4f}, accuracy {((a[-1] > 0.5) == y).mean():.2f}")
    d = (a[-1] - y) / len(X)
    for i in (1, 0):
        dw, db = a[i].T @ d, d.sum(axis=0)
        d = d @ w[i].T * a[i] * (1 - a[i])
        w[i] -= 0.5 * dw
        b[i] -= 0.5 * db
"""

ZIPPED = """
import numpy as np

X = np.random.default_rng(0).normal(size=(40, 3))
y = (X.sum(1, keepdims=True) > 0) * 1.0
s = np.random.default_rng(1)
w1, b1, w2, b2 = s.normal(size=(3, 5)), np.zeros(5), s.normal(size=(5, 1)), np.zeros(1)
params = [w1, b1, w2, b2]
learning_rate = 0.2
losses = []
epoch = 0
while epoch < 100000:
    h = np.tanh(X @ w1 + b1)
    p = h @ w2 + b2
    losses.append(np.mean((p - y) ** 2))
    dp = 2 * (p - y) / len(y)
    dh = dp @ w2.T * (1 - h**2)
    grads = [X.T @ dh, dh.sum(0), h.T @ dp, dp.sum(0)]
    for param, grad in zip(params, grads):
        param -= learning_rate * grad
    epoch += 1
"""

FUNCTIONS_OF_ITS_NAMES = """
import numpy as np

np.random.seed(0)
X = np.random.rand(20, 2)
Y = (X[:, :1] > X[:, 1:]).astype(float)
W, b, lr = np.random.rand(2, 1), 0.0, 0.1


def predict(X):
    return 1 / (1 + np.exp(-(X.dot(W) + b)))


def cost(p, t):
    return 0.5 * np.sum((p - t) ** 2)


if __name__ == "__main__":
    for epoch in range(100):
        p = predict(X)
        d = (p - Y) * p * (1 - p)
        W -= lr * X.T.dot(d)
        b -= lr * np.sum(d)
        print("after the step", cost(predict(X), Y))
"""

BATCHES_AND_MOMENTUM = """
import numpy as np

np.random.seed(0)
X = np.random.rand(100, 2)
Y = (X[:, :1] > X[:, 1:]).astype(float)
W, b, lr = np.random.rand(2, 1), np.zeros((1, 1)), 0.1
v = np.zeros_like(W)
for epoch in range(100):
    order = np.random.permutation(len(X))
    for start in range(0, len(X), 10):
        rows = order[start : start + 10]
        xb, yb = X[rows], Y[rows]
        p = 1 / (1 + np.exp(-(xb @ W + b)))
        g = xb.T @ (p - yb) / len(xb)
        v = 0.9 * v + lr * g
        W = W - v
        b = b - lr * (p - yb).mean(axis=0, keepdims=True)
        loss = -(yb * np.log(p + 1e-12) + (1 - yb) * np.log(1 - p + 1e-12)).mean()
    lr *= 0.99
"""

IN_ONE_LINE = """
import numpy as np

X = np.random.default_rng(0).normal(size=(30, 2))
y = X @ [1.0, 2.0]
w = np.zeros(2)
for _ in range(100):
    w = w - 0.01 * X.T @ (X @ w - y)
"""
