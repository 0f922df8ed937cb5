// The order of the rows in each epoch: as they stand, as handed in, or shuffled.
#pragma once

#include "random.hpp"
#include "verbs.hpp"
#include "workspace.hpp"

namespace {

class RowOrder {
    const int64_t n;
    const Shards shards;
    const int64_t* given;  // (epochs, n) or null
    const bool shuffled;
    const uint64_t seed;
    Shuffle shuffle{};
    int64_t* rows = nullptr;  // of each shard, one after the other

   public:
    RowOrder(const TrainOptions& options, int64_t n, int64_t batch_size, uint64_t seed, Workspace& workspace)
        : n(n), shards(options.shards), given(options.order), shuffled(!given && batch_size < n), seed(seed) {
        if (shuffled) {
            const int64_t most = shards.n_rows(0, n);
            shuffle.bits_of_bucket = Shuffle::bits_for(most);
            shuffle.keys = workspace.take<uint64_t>(most);
            shuffle.sorted = workspace.take<uint64_t>(most);
            shuffle.begins = workspace.take<int64_t>((ptrdiff_t(1) << shuffle.bits_of_bucket) + 1);
        }
        if (shuffled || shards.n > 1) rows = workspace.take<int64_t>(n);
    }

    // The numbers of the rows; null: as they stand. Of shards one after the other, of which each batch takes as many rows;
    // those that are computed elsewhere are left out. `call` counts the epochs of this call, `epoch` all.
    const int64_t* of_epoch(int64_t call, int64_t epoch) {
        const int64_t* order = given ? given + call * n : nullptr;
        if (!rows) return order;
        for (int64_t s = shards.first; s < shards.first + shards.count; s++) {
            const int64_t count = shards.n_rows(s, n);
            int64_t* to = rows + shards.place(s, n);
            if (shuffled) permutation(seed, uint64_t(epoch), s, shards.n, count, shuffle, to);
            else
                for (int64_t i = 0; i < count; i++) to[i] = order ? order[s + i * shards.n] : s + i * shards.n;
        }
        return rows;
    }
};

}  // namespace
