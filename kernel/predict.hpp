// Prediction: one row straight from the user's parameters, many in blocks from packed ones; the same bits either way.
#pragma once

#include "activations.hpp"
#include "network.hpp"
#include "threads.hpp"

namespace {

constexpr int64_t ROWS_TO_PACK = 8;          // from here on packing the weights pays
constexpr ptrdiff_t UNITS_ON_STACK = 1024;  // of the widest layer
constexpr ptrdiff_t PREDICT_BLOCK = 8 * TILE_ROWS;
static_assert(PREDICT_BLOCK % (2 * LANES<float>) == 0, "the embedding takes pairs of vectors");

template <class T>
INLINE void activate_row(ActivationName name, T* z, ptrdiff_t n, ptrdiff_t padded) {
    T top, total;
    if (name == ActivationName::softmax) softmax_row(z, z, int(n), &top, &total);
    else activate(name, z, z, padded);
}

// `units` and `others` have room for the widest layer, the inputs and the embedding's features.
template <class T>
void predict_row(const NetworkDescription& network, const Embedding<T>& embedding, const T* parameters, const T* x, T* units,
                 T* others, T* prediction) {
    const T* before = x;
    if (embedding.present) {
        embedding.forward_row(parameters, parameters + embedding.n_periodic * embedding.n_waves, x, others);
        before = others;
        parameters += embedding.n_parameters;
    }
    for (int l = 0; l < network.n_layers; l++) {
        const ptrdiff_t n_in = network.n_in(l), n_out = network.layer_sizes[l + 1];
        const T* biases = parameters + n_in * n_out;
        multiply_row(before, n_in, parameters, n_out, network.biases ? biases : nullptr, units);
        activate_row(network.activations[l], units, n_out, round_up<T>(n_out));
        parameters = network.biases ? biases + n_out : biases;
        before = units;
        std::swap(units, others);
    }
    std::memcpy(prediction, before, size_t(network.layer_sizes[network.n_layers]) * sizeof(T));
}

// With an embedding, `X` holds columns of PREDICT_BLOCK rows; else rows.
template <class T>
void predict_rows(const Network<T>& network, const T* packed, const T* X, ptrdiff_t count, T* units, T* others,
                  T* prediction) {
    const Embedding<T>& embedding = network.embedding;
    const T* before = X;
    ptrdiff_t stride = embedding.n_inputs;
    if (embedding.present) {
        embedding.forward_columns(packed, embedding.padded_waves, packed + embedding.factors, X, PREDICT_BLOCK, others);
        before = others;
    }
    for (int l = 0; l < network.n_layers; l++) {
        const Layer& layer = network.layers[l];
        const ptrdiff_t padded = layer.panels.padded;
        const T *weights = packed + layer.weights, *biases = packed + layer.biases;
        if (l == 0 && embedding.present)
            multiply<true>(count, before, PREDICT_BLOCK, layer.n_in, layer.panels, weights, biases, units, padded);
        else
            multiply(count, before, stride, layer.n_in, layer.panels, weights, biases, units, padded);
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

// The columns of up to PREDICT_BLOCK rows, zeros after the last.
template <class T>
void to_columns(const T* X, ptrdiff_t n_columns, ptrdiff_t count, T* columns) {
    for (ptrdiff_t i = 0; i < n_columns; i++)
        for (ptrdiff_t r = 0; r < PREDICT_BLOCK; r++) columns[i * PREDICT_BLOCK + r] = r < count ? X[r * n_columns + i] : T(0);
}

template <class T>
void add_to(T* mean, const T* one, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) mean[i] += one[i];
}

template <class T>
void divide(T* mean, ptrdiff_t count, int64_t n_members) {
    if (n_members > 1)
        for (ptrdiff_t i = 0; i < count; i++) mean[i] /= T(n_members);
}

// The mean prediction of the members, whose parameters follow one another.
template <class T>
void predict(const NetworkDescription& description, const T* parameters, int64_t n_members, const T* X, int64_t n, T* prediction,
             int n_threads) {
    const Embedding<T> embedding(description);
    ptrdiff_t widest = embedding.present ? round_up<T>(embedding.n_features) : 0;
    double work = 0;
    int64_t n_parameters = embedding.n_parameters;
    for (int l = 0; l < description.n_layers; l++) {
        const int64_t n_in = description.n_in(l), n_out = description.layer_sizes[l + 1];
        const ptrdiff_t padded = round_up<T>(n_out);
        widest = padded > widest ? padded : widest;
        work += double(n_in) * double(padded) * double(n) * double(n_members);
        n_parameters += (n_in + description.biases) * n_out;
    }
    const int64_t n_in = description.layer_sizes[0], n_out = description.layer_sizes[description.n_layers];
    if (n < ROWS_TO_PACK) {
        alignas(64) T stack[3 * UNITS_ON_STACK];
        Workspace workspace;
        const ptrdiff_t room = (widest > round_up<T>(n_in) ? widest : round_up<T>(n_in));
        T* units = room <= UNITS_ON_STACK ? stack : workspace.take<T>(3 * room);
        T* one = units + 2 * room;
        for (int64_t r = 0; r < n; r++) {
            T* mean = prediction + r * n_out;
            for (int64_t m = 0; m < n_members; m++) {
                predict_row(description, embedding, parameters + m * n_parameters, X + r * n_in, units, units + room, m ? one : mean);
                if (m) add_to(mean, one, n_out);
            }
            divide(mean, n_out, n_members);
        }
        return;
    }
    Workspace workspace;
    const Network<T> network(description, workspace);
    T* packed = workspace.take<T>(network.n_packed * n_members);
    for (int64_t m = 0; m < n_members; m++) network.pack(parameters + m * n_parameters, packed + m * network.n_packed);
    Team team(work < WORK_FOR_THREADS ? 1 : n_threads);
    const int threads = team.size();
    const ptrdiff_t room = PREDICT_BLOCK * widest, of_columns = embedding.present ? PREDICT_BLOCK * n_in : 0;
    const ptrdiff_t of_thread = 2 * room + of_columns + PREDICT_BLOCK * n_out;
    T* units = workspace.take<T>(of_thread * threads);
    team.each(threads, [&](int t) {
        const int64_t n_blocks = (n + PREDICT_BLOCK - 1) / PREDICT_BLOCK;
        T *mine = units + of_thread * t, *columns = mine + 2 * room, *one = columns + of_columns;
        for (int64_t b = n_blocks * t / threads; b < n_blocks * (t + 1) / threads; b++) {
            const int64_t row = b * PREDICT_BLOCK, count = n - row < PREDICT_BLOCK ? n - row : PREDICT_BLOCK;
            T* mean = prediction + row * n_out;
            const T* block = X + row * n_in;
            if (embedding.present) {
                to_columns(block, n_in, count, columns);
                block = columns;
            }
            for (int64_t m = 0; m < n_members; m++) {
                predict_rows(network, packed + m * network.n_packed, block, count, mine, mine + room, m ? one : mean);
                if (m) add_to(mean, one, count * n_out);
            }
            divide(mean, count * n_out, n_members);
        }
    });
}

}  // namespace
