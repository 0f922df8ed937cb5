// The rows of a chunk: their inputs, targets and weights, and room for what every layer makes of them.
//
// A batch is worked through in chunks, a chunk in blocks of rows that stay in the cache on their way through all layers and
// back (backprop.hpp). Here rows are gathered, the next ones asked for, and masks drawn.
#pragma once

#include "activations.hpp"
#include "network.hpp"
#include "random.hpp"

namespace {

constexpr ptrdiff_t BLOCK = 2 * TILE_ROWS;
constexpr ptrdiff_t CHUNK = 16 * BLOCK;
constexpr double SPARSE_SHARE = 0.35;    // of non-zero inputs, below which a sparse first layer is quicker
constexpr ptrdiff_t SPARSE_INPUTS = 64;  // and with at least this many inputs

struct Dropout {
    double rate;
    uint64_t seed;
    int64_t epoch;
};

// Some neighbouring rows of a chunk, at most BLOCK of them.
struct Block {
    ptrdiff_t row, count;
};

// Some numbers of each row, in whole vectors.
template <class T>
struct Rows {
    T* values;
    ptrdiff_t stride;

    T* operator[](ptrdiff_t row) const { return values + row * stride; }
};

// Whether most inputs are zero, judged by some rows.
template <class T>
bool is_sparse(const Data<T>& data, ptrdiff_t n_inputs) {
    if (n_inputs < SPARSE_INPUTS) return false;
    const int64_t looked_at = data.n < 256 ? data.n : 256;
    int64_t filled = 0;
    for (int64_t k = 0; k < looked_at; k++) {
        const T* row = data.X + k * data.n / looked_at * n_inputs;
        for (ptrdiff_t i = 0; i < n_inputs; i++) filled += row[i] != T(0);
    }
    return double(filled) < SPARSE_SHARE * double(looked_at * n_inputs);
}

template <class T>
class Chunk {
    const Network<T>& network;

   public:
    const bool sparse;
    Rows<T> plain, x;  // the features before and after the embedding's factors; without an embedding both are the inputs
    Rows<T> y;
    T *weight, *log_sum;            // (CHUNK,): of each row its weight, and log Σ e^z of a softmax
    Rows<T> *z, *a, *delta, *mask;  // of each layer; z may be a, unless `keep_z`; mask: what dropout multiplies a by
    Rows<T> embedding_delta;            // the delta of the features, where there is an embedding

    // Dropout needs `keep_z`: every z beside its a, and masks.
    Chunk(const Network<T>& network, Workspace& workspace, bool sparse, bool keep_z) : network(network), sparse(sparse) {
        const int n_layers = network.n_layers;
        const auto rows = [&](ptrdiff_t padded) { return Rows<T>{workspace.take<T>(CHUNK * padded), padded}; };
        const ptrdiff_t n_features = round_up<T>(network.input().n_in);
        x = plain = rows(n_features);
        embedding_delta = {};
        if (network.embedding.present) {
            plain = rows(n_features);
            embedding_delta = rows(n_features);
        }
        y = rows(network.output().panels.padded);
        weight = workspace.take<T>(CHUNK);
        log_sum = workspace.take<T>(CHUNK);
        for (Rows<T>** of_layers : {&z, &a, &delta, &mask}) *of_layers = workspace.take<Rows<T>>(n_layers);
        for (int l = 0; l < n_layers; l++) {
            const Layer& layer = network.layers[l];
            const bool output = l == n_layers - 1;
            a[l] = rows(layer.panels.padded);
            z[l] = output || keep_z || derivative_needs_z(layer.activation) ? rows(layer.panels.padded) : a[l];
            delta[l] = rows(layer.panels.padded);
            if (keep_z && !output) mask[l] = rows(layer.panels.padded);
        }
    }

    // Copy the data's rows into `plain`, y and weight; rows[first] (or that number, where rows is null) is the chunk's first.
    void gather(const Data<T>& data, const int64_t* rows, int64_t first, Block block) {
        const ptrdiff_t n_in = network.embedding.n_inputs, n_out = network.output().n_out;
        for (ptrdiff_t r = block.row; r < block.row + block.count; r++) {
            const int64_t from = rows ? rows[first + r] : first + r;
            std::memcpy(plain[r], data.X + from * n_in, size_t(n_in) * sizeof(T));
            if (data.Y) std::memcpy(y[r], data.Y + from * n_out, size_t(n_out) * sizeof(T));
            weight[r] = data.sample_weight ? data.sample_weight[from] : T(1);
        }
    }

    // Ask for rows that will be gathered as a chunk from `first` on: in random order the memory would be waited for.
    void fetch_ahead(const Data<T>& data, const int64_t* rows, int64_t first, Block block) const {
        constexpr ptrdiff_t LINE = 64 / sizeof(T);
        const ptrdiff_t n_in = network.embedding.n_inputs;
        const int64_t begin = first + block.row;
        for (int64_t r = begin; r < begin + block.count && r < data.n; r++)
            for (ptrdiff_t i = 0; i < n_in; i += LINE) __builtin_prefetch(data.X + rows[r] * n_in + i, 0, 2);
    }

    // Draw the mask of each hidden layer, which hangs on the row's number in the data.
    void draw_masks(Dropout dropout, const int64_t* rows, int64_t first, Block block) {
        for (int l = 0; l < network.n_layers - 1; l++) {
            const uint64_t prefix = bits(dropout.seed, DROPOUT, dropout.epoch, l);
            for (ptrdiff_t r = block.row; r < block.row + block.count; r++)
                draw_mask(fold(prefix, uint64_t(rows ? rows[first + r] : first + r)), dropout.rate, mask[l].stride, mask[l][r]);
        }
    }
};

}  // namespace
