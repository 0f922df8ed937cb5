// The loss of a batch and its gradient, by a team of threads, chunk by chunk.
//
// Of each chunk the threads share out first blocks of rows, on their way forward and back, then strips of the gradient. Each
// number is computed by one thread in one order, so the bits do not depend on how many there are. Of a batch in shards they do
// not depend on how many processes there are either.
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

// The sums over some shards of a batch, not yet a mean.
template <class T>
struct ShardSums {
    T* gradient;  // packed, with room for the numbers after it
    struct {
        double loss, weight, stopped;
    } numbers;
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
    ShardSums<T> sum{}, theirs{};      // of the shards so far, and of others computed elsewhere
    ShardSums<T>* waiting = nullptr;   // of 1, 2, 4, ... shards, for the next ones as many

   public:
    const Network<T>& network;
    T* parameters;  // packed
    const Shards shards;

    Minibatch(const Network<T>& network, Team& team, Workspace& workspace, bool sparse, bool has_dropout,
              const Shards& shards = {})
        : Minibatch(network, team, workspace, sparse, has_dropout, shards, workspace.take<T>(network.n_packed),
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
        BatchSums sums{0, weight_of(data, rows, begin, end), 0, false};
        const int threads = threads_for(end - begin);
        const T share = T(1 / sums.weight);
        strips.begin(threads);
        sums.stopped = !each_chunk(data, rows, begin, end, dropout, stop, threads, sums.loss, [&](ptrdiff_t n, bool first, bool last) {
            const Part<T> part{n, first, last, share, penalty};
            team.each(threads, [&](int t) { strips.work(t, part, finish); });
        });
        if (!sums.stopped) end_batch(sums);
        return sums;
    }

    // The same for a batch in shards, of rows as `RowOrder` gives them. Neighbouring sums are added two by two, then those of
    // pairs, and so on: one tree, whoever computes its leaves. Who stops, stops all.
    template <class Finish>
    BatchSums batch_of_shards(const Data<T>& data, const int64_t* rows, int64_t begin, int64_t end, Penalty penalty,
                              Dropout dropout, const Stop& stop, Finish finish) {
        const int threads = threads_for((end - begin) * shards.count / shards.n);
        bool stopped = false;
        strips.begin(threads);
        for (int64_t k = 0; k < shards.count && !stopped; k++) {
            const int64_t s = shards.first + k, place = shards.place(s, data.n);
            stopped = stop() || !shard(data, rows, place + shards.n_rows(s, begin), place + shards.n_rows(s, end), dropout, stop, threads);
            int level = 0;
            for (; k >> level & 1; level++) add(waiting[level], threads);
            if (k + 1 < shards.count) std::swap(sum, waiting[level]);
        }
        sum.numbers.stopped = stopped;
        if (!add_those_elsewhere(threads) || sum.numbers.stopped > 0) return {0, 0, 0, true};
        BatchSums sums{sum.numbers.loss, sum.numbers.weight, 0, false};
        const Part<T> part{0, false, true, T(1 / sums.weight), penalty};
        strips.sum_into(sum.gradient);
        team.each(threads, [&](int t) { strips.finish(t, part, finish); });
        end_batch(sums);
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
    Minibatch(const Network<T>& network, Team& team, Workspace& workspace, bool sparse, bool has_dropout, const Shards& shards,
              T* parameters, T* turned)
        : team(team),
          turned(turned),
          chunk(network, workspace, sparse, has_dropout),
          strips(network, chunk, parameters, turned, team.size(), workspace),
          block_losses(workspace.take<double>(CHUNK / BLOCK)),
          network(network),
          parameters(parameters),
          shards(shards) {
        ptrdiff_t widest = 0;
        for (int l = 0; l < network.n_layers; l++) {
            const Layer& layer = network.layers[l];
            multiplications += 3 * double(layer.n_in) * double(layer.panels.padded);
            widest = layer.panels.padded > widest ? layer.panels.padded : widest;
        }
        if (shards.n > 1) {
            const auto room = [&] { return ShardSums<T>{workspace.take<T>(network.n_packed + NUMBERS / sizeof(T)), {}}; };
            sum = room();
            if (shards.trade) theirs = room();
            int n_levels = 0;
            while (int64_t(1) << n_levels < shards.count) n_levels++;
            waiting = workspace.take<ShardSums<T>>(n_levels);
            for (int level = 0; level < n_levels; level++) waiting[level] = room();
        }
        if (!has_dropout) return;
        unmasked = workspace.take<T*>(team.size());
        for (int t = 0; t < team.size(); t++) unmasked[t] = workspace.take<T>(BLOCK * widest);
    }

    static constexpr size_t NUMBERS = sizeof(ShardSums<T>::numbers);

    static double weight_of(const Data<T>& data, const int64_t* rows, int64_t begin, int64_t end) {
        if (!data.sample_weight) return double(end - begin);
        double weight = 0;
        for (int64_t r = begin; r < end; r++) weight += double(data.sample_weight[rows ? rows[r] : r]);
        return weight;
    }

    // Work some rows through, forward and back: each chunk goes to summed(rows, whether it is the first, the last), which sums
    // the gradient. False: stopped.
    template <class Summed>
    bool each_chunk(const Data<T>& data, const int64_t* rows, int64_t begin, int64_t end, Dropout dropout, const Stop& stop,
                    int threads, double& loss, Summed summed) {
        const bool masked = dropout.rate > 0;
        for (int64_t first = begin; first < end; first += CHUNK) {
            if (first > begin && stop()) return false;
            const ptrdiff_t n = end - first < CHUNK ? end - first : CHUNK;
            add_losses(loss, n, threads, [&](Block block, int t) {
                chunk.gather(data, rows, first, block);
                if (rows) chunk.fetch_ahead(data, rows, first + (end - begin), block);
                if (masked) chunk.draw_masks(dropout, rows, first, block);
                forward(network, parameters, chunk, block, masked);
                const double of_block = output_losses(network, chunk, block, data.sample_weight, true);
                backward(network, turned, chunk, block, masked ? unmasked[t] : nullptr);
                if (network.embedding.present) backward_to_embedding(network, turned, chunk, block);
                return of_block;
            });
            summed(n, first == begin, first + CHUNK >= end);
        }
        return true;
    }

    void end_batch(BatchSums& sums) const {
        strips.add_sums(sums.norm_square, sums.loss);
        sums.loss /= sums.weight;
    }

    // Let `sum` be that of one shard's rows, of which there may be none. False: stopped.
    bool shard(const Data<T>& data, const int64_t* rows, int64_t begin, int64_t end, Dropout dropout, const Stop& stop, int threads) {
        sum.numbers = {0, weight_of(data, rows, begin, end), 0};
        if (begin == end) std::memset(sum.gradient, 0, size_t(network.n_packed) * sizeof(T));
        strips.sum_into(sum.gradient);
        const auto nothing = [](ptrdiff_t, const T*, ptrdiff_t, int) {};
        return each_chunk(data, rows, begin, end, dropout, stop, threads, sum.numbers.loss, [&](ptrdiff_t n, bool first, bool) {
            const Part<T> part{n, first, false, 0, {}};
            team.each(threads, [&](int t) { strips.work(t, part, nothing); });
        });
    }

    // Add other shards' sums to `sum`.
    void add(const ShardSums<T>& other, int threads) {
        team.each(threads, [&](int t) {
            const ptrdiff_t vectors = network.n_packed / LANES<T>;
            for (ptrdiff_t k = vectors * t / threads * LANES<T>; k < vectors * (t + 1) / threads * LANES<T>; k += LANES<T>)
                store(sum.gradient + k, load(sum.gradient + k) + load(other.gradient + k));
        });
        sum.numbers.loss += other.numbers.loss;
        sum.numbers.weight += other.numbers.weight;
        sum.numbers.stopped += other.numbers.stopped;
    }

    // Add the sums of the shards that are computed elsewhere. False: end at once.
    bool add_those_elsewhere(int threads) {
        if (!shards.trade) return true;
        for (int level = 0; shards.count << level < shards.n; level++) {
            std::memcpy(sum.gradient + network.n_packed, &sum.numbers, NUMBERS);
            const size_t n_bytes = size_t(network.n_packed) * sizeof(T) + NUMBERS;
            if (!shards.trade(shards.context, level, sum.gradient, theirs.gradient, n_bytes)) return false;
            std::memcpy(&theirs.numbers, theirs.gradient + network.n_packed, NUMBERS);
            std::swap(sum, theirs);  // what was read by others is slower to write to
            add(theirs, threads);
        }
        return true;
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
