// The network as the kernel holds it: the twin of nn/network.py.
//
// The user's parameters are one flat vector: the embedding's, weights[0] row by row, biases[0], weights[1], ... Inside, the weights
// lie in panels and everything is padded to whole vectors; `pack` and `unpack` go between the two, `turn` transposes the
// weights for the backward pass.
#pragma once

#include "embedding.hpp"
#include "matrix.hpp"
#include "verbs.hpp"
#include "workspace.hpp"

namespace {

struct Layer {
    ptrdiff_t n_in, n_out;
    ptrdiff_t flat;             // where its weights begin in the flat vector; its biases follow
    ptrdiff_t weights, biases;  // where they begin in the packed vector
    Panels panels;              // of the weights
    Panels transposed;          // of the transposed weights, which the backward pass reads
    ptrdiff_t turned;           // where those begin
    ActivationName activation;
};

template <class T>
struct Network {
    int n_layers;
    Layer* layers;
    LossName loss;
    T loss_parameter;
    bool biases;
    Embedding<T> embedding;
    ptrdiff_t n_parameters, n_packed, n_turned;

    // With `whole_rows` the first layer's weights lie row by row in one panel: what a sparse product reads.
    Network(const NetworkDescription& description, Workspace& workspace, bool whole_rows = false)
        : n_layers(description.n_layers),
          layers(workspace.take<Layer>(description.n_layers)),
          loss(description.loss),
          loss_parameter(T(description.loss_parameter)),
          biases(description.biases),
          embedding(description),
          n_parameters(embedding.n_parameters),
          n_packed(embedding.n_packed),
          n_turned(0) {
        for (int l = 0; l < n_layers; l++) {
            const ptrdiff_t n_in = description.n_in(l), n_out = description.layer_sizes[l + 1];
            const ptrdiff_t padded_in = round_up<T>(n_in), padded_out = round_up<T>(n_out);
            layers[l] = {n_in,
                         n_out,
                         n_parameters,
                         n_packed,
                         n_packed + n_in * padded_out,
                         {n_in, padded_out, l == 0 && whole_rows ? padded_out : PANEL<T>},
                         {padded_out, padded_in, PANEL<T>},
                         n_turned,
                         description.activations[l]};
            n_parameters += (n_in + biases) * n_out;
            n_packed += (n_in + 1) * padded_out;
            n_turned += padded_out * padded_in;
        }
    }

    const Layer& input() const { return layers[0]; }
    const Layer& output() const { return layers[n_layers - 1]; }

    void pack(const T* flat, T* packed) const {
        each_row(flat, packed, [](const T* from, T* to, ptrdiff_t count) { std::memcpy(to, from, size_t(count) * sizeof(T)); });
    }

    void unpack(const T* packed, T* flat) const {
        each_row(flat, packed, [](T* to, const T* from, ptrdiff_t count) { std::memcpy(to, from, size_t(count) * sizeof(T)); });
    }

    // Write `count` rows of a layer's weights, as many as there are lanes or the last ones, into their transposed place.
    // Those of the first layer are read only where there is an embedding.
    void turn_rows(int l, ptrdiff_t i, int count, const T* packed, T* turned) const {
        if (count == 0 || (l == 0 && !embedding.present)) return;
        constexpr int L = LANES<T>;
        const Layer& layer = layers[l];
        alignas(64) T square[L * L];
        for (ptrdiff_t j = 0; j < layer.panels.padded; j += L) {
            const T* from = packed + layer.weights + layer.panels.index(i, j);
            ptrdiff_t stride = layer.panels.span(j / layer.panels.width);
            if (count < L) {
                for (int k = 0; k < L; k++) store(square + k * L, k < count ? load(from + k * stride) : Lanes<T>{});
                from = square;
                stride = L;
            }
            transpose_square(from, stride, turned + layer.turned + layer.transposed.index(j, i),
                             layer.transposed.span(i / layer.transposed.width));
        }
    }

    // The same for all weights.
    void turn(const T* packed, T* turned) const {
        for (int l = 0; l < n_layers; l++)
            for (ptrdiff_t i = 0; i < layers[l].n_in; i += LANES<T>) {
                const ptrdiff_t left = layers[l].n_in - i;
                turn_rows(l, i, int(left < LANES<T> ? left : LANES<T>), packed, turned);
            }
    }

   private:
    // Call move(place in the flat vector, place in the packed one, how many) for each run of neighbours.
    template <class Flat, class Packed, class Move>
    void each_row(Flat* flat, Packed* packed, Move move) const {
        embedding.each_run([&](ptrdiff_t in_flat, ptrdiff_t in_packed, ptrdiff_t count) {
            move(flat + in_flat, packed + in_packed, count);
        });
        for (int l = 0; l < n_layers; l++) {
            const Layer& layer = layers[l];
            for (ptrdiff_t i = 0; i < layer.n_in; i++)
                for (ptrdiff_t j = 0; j < layer.n_out; j += layer.panels.width) {
                    const ptrdiff_t left = layer.n_out - j;
                    move(flat + layer.flat + i * layer.n_out + j, packed + layer.weights + layer.panels.index(i, j),
                         left < layer.panels.width ? left : layer.panels.width);
                }
            if (biases) move(flat + layer.flat + layer.n_in * layer.n_out, packed + layer.biases, layer.n_out);
        }
    }
};

}  // namespace
