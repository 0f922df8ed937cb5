// Prediction: one row straight from the user's parameters, many in blocks from packed ones; the same bits either way.
#pragma once

#include "backprop.hpp"

namespace {

constexpr int64_t ROWS_TO_PACK = 8;          // from so many rows on, packing the weights pays
constexpr ptrdiff_t UNITS_ON_STACK = 1024;  // of the widest layer
constexpr ptrdiff_t PREDICT_BLOCK = 4 * TILE_ROWS;

template <class T>
INLINE void activate_row(ActivationName name, T* z, ptrdiff_t n, ptrdiff_t padded) {
    T top, total;
    if (name == ActivationName::softmax) softmax_row(z, z, int(n), &top, &total);
    else activate(name, z, z, padded);
}

// `units` and `others` have room for the widest layer.
template <class T>
void predict_row(const NetworkDescription& network, const T* parameters, const T* x, T* units, T* others, T* prediction) {
    const T* before = x;
    for (int l = 0; l < network.n_layers; l++) {
        const ptrdiff_t n_in = network.layer_sizes[l], n_out = network.layer_sizes[l + 1];
        const T* biases = parameters + n_in * n_out;
        multiply_row(n_in, before, parameters, n_out, network.biases ? biases : nullptr, units);
        activate_row(network.activations[l], units, n_out, round_up<T>(n_out));
        parameters = network.biases ? biases + n_out : biases;
        before = units;
        std::swap(units, others);
    }
    std::memcpy(prediction, before, size_t(network.layer_sizes[network.n_layers]) * sizeof(T));
}

template <class T>
void predict_rows(const Network<T>& network, const T* packed, const T* X, ptrdiff_t count, T* units, T* others,
                  T* prediction) {
    const T* before = X;
    ptrdiff_t stride = network.input().n_in;
    for (int l = 0; l < network.n_layers; l++) {
        const Layer& layer = network.layers[l];
        const ptrdiff_t padded = layer.panels.padded;
        multiply(count, before, stride, layer.n_in, layer.panels, packed + layer.weights, packed + layer.biases, units, padded);
        if (layer.activation == ActivationName::softmax)
            for (ptrdiff_t r = 0; r < count; r++) activate_row(layer.activation, units + r * padded, layer.n_out, padded);
        else
            activate(layer.activation, units, units, count * padded);
        before = units;
        stride = padded;
        std::swap(units, others);
    }
    const ptrdiff_t n_out = network.output().n_out;
    for (ptrdiff_t r = 0; r < count; r++)
        std::memcpy(prediction + r * n_out, before + r * stride, size_t(n_out) * sizeof(T));
}

template <class T>
void predict(const NetworkDescription& description, const T* parameters, const T* X, int64_t n, T* prediction, int n_threads) {
    ptrdiff_t widest = 0;
    double work = 0;
    for (int l = 0; l < description.n_layers; l++) {
        const ptrdiff_t padded = round_up<T>(description.layer_sizes[l + 1]);
        widest = padded > widest ? padded : widest;
        work += double(description.layer_sizes[l]) * double(padded) * double(n);
    }
    const int64_t n_in = description.layer_sizes[0], n_out = description.layer_sizes[description.n_layers];
    if (n < ROWS_TO_PACK) {
        alignas(64) T stack[2 * UNITS_ON_STACK];
        Workspace workspace;
        T* units = widest <= UNITS_ON_STACK ? stack : workspace.take<T>(2 * widest);
        for (int64_t r = 0; r < n; r++)
            predict_row(description, parameters, X + r * n_in, units, units + widest, prediction + r * n_out);
        return;
    }
    Workspace workspace;
    const Network<T> network(description, workspace);
    T* packed = workspace.take<T>(network.n_packed);
    network.pack(parameters, packed);
    Team team(work < WORK_FOR_THREADS ? 1 : n_threads);
    const int threads = team.size();
    const ptrdiff_t room = PREDICT_BLOCK * widest;
    T* units = workspace.take<T>(2 * room * threads);
    team.each(threads, [&](int t) {
        const int64_t n_blocks = (n + PREDICT_BLOCK - 1) / PREDICT_BLOCK;
        T* mine = units + 2 * room * t;
        for (int64_t b = n_blocks * t / threads; b < n_blocks * (t + 1) / threads; b++) {
            const int64_t row = b * PREDICT_BLOCK, count = n - row < PREDICT_BLOCK ? n - row : PREDICT_BLOCK;
            predict_rows(network, packed, X + row * n_in, count, mine, mine + room, prediction + row * n_out);
        }
    });
}

}  // namespace
