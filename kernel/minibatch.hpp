// The loss of a batch and its gradient, by a team of threads, chunk by chunk.
//
// Of each chunk the threads share out first blocks of rows, on their way forward and back, then strips of the gradient. Each
// number is computed by one thread in one order, so the bits do not depend on how many there are.
#pragma once

#include "backprop.hpp"
#include "strips.hpp"
#include "threads.hpp"

namespace {

// What a batch gave, before its step.
struct BatchSums {
    double loss, weight, norm_square;
    bool stopped;
};

template <class T>
class Minibatch {
    Team& team;
    T* turned;  // the transposed weights
    Chunk<T> chunk;
    Strips<T> strips;
    double* block_losses;
    T** unmasked = nullptr;      // for dropout: of each thread, room for a block of the widest layer
    double multiplications = 0;  // of a row, forward and back

   public:
    const Network<T>& network;
    T* parameters;  // packed

    Minibatch(const Network<T>& network, Team& team, Workspace& workspace, bool sparse, bool has_dropout)
        : Minibatch(network, team, workspace, sparse, has_dropout, workspace.take<T>(network.n_packed),
                    workspace.take<T>(network.n_turned)) {}

    // Take the user's parameters.
    void pack(const T* flat) {
        network.pack(flat, parameters);
        network.turn(parameters, turned);
    }

    // The loss of rows[begin ... end) (or of those numbers, where rows is null) and its gradient: each run of it goes to
    // finish(place in the packed vector, gradient, count, group), which may step these parameters at once.
    template <class Finish>
    BatchSums batch(const Data<T>& data, const int64_t* rows, int64_t begin, int64_t end, Penalty penalty, Dropout dropout,
                    const Stop& stop, Finish finish) {
        BatchSums sums{0, double(end - begin), 0, false};
        if (data.sample_weight) {
            sums.weight = 0;
            for (int64_t r = begin; r < end; r++) sums.weight += double(data.sample_weight[rows ? rows[r] : r]);
        }
        const int threads = threads_for(end - begin);
        const bool masked = dropout.rate > 0;
        strips.begin(threads);
        for (int64_t first = begin; first < end; first += CHUNK) {
            if (first > begin && stop()) {
                sums.stopped = true;
                return sums;
            }
            const ptrdiff_t n = end - first < CHUNK ? end - first : CHUNK;
            add_losses(sums.loss, n, threads, [&](Block block, int t) {
                chunk.gather(data, rows, first, block);
                if (rows) chunk.fetch_ahead(data, rows, first + (end - begin), block);
                if (masked) chunk.draw_masks(dropout, rows, first, block);
                forward(network, parameters, chunk, block, masked);
                const double loss = output_losses(network, chunk, block, data.sample_weight, true);
                backward(network, turned, chunk, block, masked ? unmasked[t] : nullptr);
                if (network.embedding.present) backward_to_embedding(network, turned, chunk, block);
                return loss;
            });
            const Part<T> part{n, first == begin, first + CHUNK >= end, T(1 / sums.weight), penalty};
            team.each(threads, [&](int t) { strips.work(t, part, finish); });
        }
        strips.add_sums(sums.norm_square, sums.loss);
        sums.loss /= sums.weight;
        return sums;
    }

    // The mean loss of all rows, without the penalty.
    double mean_loss(const Data<T>& data) {
        double loss = 0, weight = 0;
        const int threads = threads_for(data.n);
        for (int64_t first = 0; first < data.n; first += CHUNK) {
            const ptrdiff_t n = data.n - first < CHUNK ? data.n - first : CHUNK;
            add_losses(loss, n, threads, [&](Block block, int) {
                chunk.gather(data, nullptr, first, block);
                forward(network, parameters, chunk, block, false);
                return output_losses(network, chunk, block, data.sample_weight, false);
            });
            for (ptrdiff_t r = 0; r < n; r++) weight += data.sample_weight ? double(data.sample_weight[first + r]) : 1.0;
        }
        return loss / weight;
    }

   private:
    Minibatch(const Network<T>& network, Team& team, Workspace& workspace, bool sparse, bool has_dropout, T* parameters,
              T* turned)
        : team(team),
          turned(turned),
          chunk(network, workspace, sparse, has_dropout),
          strips(network, chunk, parameters, turned, team.size(), workspace),
          block_losses(workspace.take<double>(CHUNK / BLOCK)),
          network(network),
          parameters(parameters) {
        ptrdiff_t widest = 0;
        for (int l = 0; l < network.n_layers; l++) {
            const Layer& layer = network.layers[l];
            multiplications += 3 * double(layer.n_in) * double(layer.panels.padded);
            widest = layer.panels.padded > widest ? layer.panels.padded : widest;
        }
        if (!has_dropout) return;
        unmasked = workspace.take<T*>(team.size());
        for (int t = 0; t < team.size(); t++) unmasked[t] = workspace.take<T>(BLOCK * widest);
    }

    // How many threads are worth their start for the rows.
    int threads_for(ptrdiff_t n_rows) const {
        return double(n_rows) * multiplications < WORK_FOR_THREADS ? 1 : team.size();
    }

    // Add loss_of(block, thread) of the blocks of n rows, which the threads share out; in the order of the rows.
    template <class LossOf>
    void add_losses(double& loss, ptrdiff_t n, int threads, LossOf loss_of) {
        const ptrdiff_t n_blocks = (n + BLOCK - 1) / BLOCK;
        team.each(threads, [&](int t) {
            for (ptrdiff_t b = n_blocks * t / threads; b < n_blocks * (t + 1) / threads; b++) {
                const ptrdiff_t row = b * BLOCK;
                block_losses[b] = loss_of({row, n - row < BLOCK ? n - row : BLOCK}, t);
            }
        });
        for (ptrdiff_t b = 0; b < n_blocks; b++) loss += block_losses[b];
    }
};

}  // namespace
