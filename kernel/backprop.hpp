// Forward and backward over a block of rows, units in lanes: the twin of nn/backprop.py.
//
// Shapes: z, a and delta of layer l are (rows of the chunk, units of the layer), padded to whole vectors. The deltas end here;
// the gradient, a[l - 1]ᵀ delta[l] over all rows of a batch, is made in strips.hpp.
#pragma once

#include "chunk.hpp"
#include "losses.hpp"

namespace {

// to *= factors.
template <class T>
void multiply_by(const T* factors, T* to, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i += LANES<T>) store(to + i, load(to + i) * load(factors + i));
}

// The predictions of some rows, and log Σ e^z of each, which the loss needs.
template <class T>
void softmax(const Network<T>& network, const Chunk<T>& chunk, Block block) {
    const ptrdiff_t row = block.row, count = block.count;
    const int n_out = int(network.output().n_out);
    const Rows<T> z = chunk.z[network.n_layers - 1], prediction = chunk.a[network.n_layers - 1];
    T tops[BLOCK + LANES<T>], totals[BLOCK + LANES<T>];
    for (ptrdiff_t r = 0; r < count; r++) softmax_row(z[row + r], prediction[row + r], n_out, tops + r, totals + r);
    for (ptrdiff_t r = 0; r < count; r += LANES<T>) {
        const int left = int(count - r < LANES<T> ? count - r : LANES<T>);
        const Lanes<T> total = load_first(totals + r, left), top = load_first(tops + r, left);
        store_first(chunk.log_sum + row + r, top + log(total), left);
    }
}

// x of a block, what the first layer gets: the inputs, unless the network has an embedding.
template <class T>
void features(const Network<T>& network, const T* parameters, Chunk<T>& chunk, Block block) {
    const Embedding<T>& embedding = network.embedding;
    if (embedding.present)
        embedding.forward(parameters, embedding.padded_waves, parameters + embedding.factors, chunk.plain[block.row], chunk.x[block.row],
                      chunk.x.stride, block.count);
}

// Every z and a of a block: z[l] = a[l - 1] weights[l] + biases[l], a[l] = activation(z[l]), times its mask if `masked`.
template <class T>
void forward(const Network<T>& network, const T* parameters, Chunk<T>& chunk, Block block, bool masked) {
    const ptrdiff_t row = block.row, count = block.count;
    features(network, parameters, chunk, block);
    for (int l = 0; l < network.n_layers; l++) {
        const Layer& layer = network.layers[l];
        const T *weights = parameters + layer.weights, *biases = parameters + layer.biases;
        const Rows<T> before = l == 0 ? chunk.x : chunk.a[l - 1], z = chunk.z[l], a = chunk.a[l];
        if (l == 0 && chunk.sparse)
            for (ptrdiff_t r = row; r < row + count; r++) multiply_row(before[r], layer.n_in, weights, z.stride, biases, z[r]);
        else multiply(count, before[row], before.stride, layer.n_in, layer.panels, weights, biases, z[row], z.stride);
        if (layer.activation == ActivationName::softmax) softmax(network, chunk, block);
        else activate(layer.activation, z[row], a[row], count * a.stride);
        if (masked && l < network.n_layers - 1) multiply_by(chunk.mask[l][row], a[row], count * a.stride);
    }
}

// The sum of the losses of a block; with `deltas` the output's delta as well, both multiplied by the row's weight if `weighted`.
template <class T>
double output_losses(const Network<T>& network, const Chunk<T>& chunk, Block block, bool weighted, bool deltas) {
    const ptrdiff_t row = block.row, count = block.count;
    const Layer& layer = network.output();
    const int l = network.n_layers - 1;
    const Rows<T> z = chunk.z[l], prediction = chunk.a[l], delta = chunk.delta[l];
    Lanes<T> sums{};
    const Lanes<T> parameter = splat(network.loss_parameter);
    with_loss(network.loss, layer.activation, [&](auto loss) {
        for (ptrdiff_t r = row; r < row + count; r++) {
            const T *raw = z[r], *predicted = prediction[r], *targets = chunk.y[r];
            Lanes<T> row_sum{};
            const Lanes<T> w = splat(chunk.weight[r]), rest = splat(chunk.log_sum[r]);
            for (ptrdiff_t j = 0; j < layer.n_out; j += LANES<T>) {
                const int left = int(layer.n_out - j);
                const Lanes<T> v = load(raw + j), p = load(predicted + j), target = load(targets + j);
                row_sum = row_sum + first_lanes<T>(loss.value(target, v, p, rest, parameter), left);
                if (deltas) {
                    Lanes<T> d = loss.slope(target, v, p, parameter);
                    if (weighted) d = d * w;
                    store(delta[r] + j, first_lanes<T>(d, left));
                }
            }
            if (weighted) row_sum = row_sum * w;
            sums = sums + row_sum;
        }
        if (deltas && !loss.FOLDED)
            multiply_derivative(layer.activation, z[row], prediction[row], delta[row], count * delta.stride);
    });
    return double(sum(sums));
}

// Every delta of a block from that of the output: δ[l] = (δ[l + 1] weights[l + 1]ᵀ) * a'(z[l]). `turned`: the transposed
// weights. After masks `unmasked` is room for a block of the widest layer, else null.
template <class T>
void backward(const Network<T>& network, const T* turned, const Chunk<T>& chunk, Block block, T* unmasked) {
    const ptrdiff_t row = block.row, count = block.count;
    for (int l = network.n_layers - 2; l >= 0; l--) {
        const Layer &layer = network.layers[l], &next = network.layers[l + 1];
        const Rows<T> after = chunk.delta[l + 1], delta = chunk.delta[l];
        const T *z = chunk.z[l][row], *a = chunk.a[l][row], *weights = turned + next.turned, *biases = nullptr;
        multiply(count, after[row], after.stride, next.n_out, next.transposed, weights, biases, delta[row], delta.stride);
        if (unmasked) {
            multiply_by(chunk.mask[l][row], delta[row], count * delta.stride);
            activate(layer.activation, z, unmasked, count * delta.stride);  // as it was before the mask
            a = unmasked;
        }
        multiply_derivative(layer.activation, z, a, delta[row], count * delta.stride);
    }
}

// The delta of the embedding's features from that of the first layer: δ[0] weights[0]ᵀ.
template <class T>
void backward_to_embedding(const Network<T>& network, const T* turned, const Chunk<T>& chunk, Block block) {
    const ptrdiff_t row = block.row, count = block.count;
    const Layer& first = network.input();
    const Rows<T> after = chunk.delta[0], delta = chunk.embedding_delta;
    const T *weights = turned + first.turned, *biases = nullptr;
    multiply(count, after[row], after.stride, first.n_out, first.transposed, weights, biases, delta[row], delta.stride);
}

}  // namespace
