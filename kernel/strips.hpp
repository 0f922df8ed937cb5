// The gradient, strip by strip: some rows of a layer's weights, its biases, or a part of the embedding.
//
// With the last chunk of a batch a strip is finished, that is scaled, measured and stepped, and turned, while it is still in
// the cache. Strips are shared out among threads: each number is computed by one of them in one order.
#pragma once

#include "chunk.hpp"
#include "optimizers.hpp"

namespace {

// A chunk's part in its batch.
template <class T>
struct Part {
    ptrdiff_t n;  // rows
    bool first, last;
    T share;  // 1 / Σ of the batch's weights
    Penalty penalty;
};

template <class T>
class Strips {
    // What one thread finishes at once.
    struct Strip {
        int layer;
        ptrdiff_t i;  // first row of the weights, first factor, or which periodic input
        int count;    // how many rows or factors; of layers 0: the biases, of the embedding 0: an input's waves
    };
    static constexpr int EMBEDDING = -1;  // in place of a layer

    // What one thread needs for a strip: its sums; of sparse inputs some columns, and what is not zero in one of them.
    struct Room {
        T *sums, *columns, *values;
        int32_t* places;
    };

    // The squares of a strip's gradient and of its weights, and their sizes where there is an l1, summed.
    struct Sums {
        Lanes<T> gradient, weights, sizes;
    };

    const Network<T>& network;
    const Chunk<T>& chunk;
    T *parameters, *turned, *gradient;  // packed; the transposed weights; what earlier chunks gave
    T* factors;                         // the embedding's, before this batch's step
    ptrdiff_t n_strips = 0;
    Strip* strips;
    double *norms, *penalties;  // of each strip
    ptrdiff_t* first_strip;     // of each thread
    int shared_among = 0;
    Room* rooms;  // of each thread

   public:
    Strips(const Network<T>& network, const Chunk<T>& chunk, T* parameters, T* turned, int n_threads, Workspace& workspace)
        : network(network), chunk(chunk), parameters(parameters), turned(turned) {
        const Embedding<T>& embedding = network.embedding;
        gradient = workspace.take<T>(network.n_packed);
        factors = workspace.take<T>(round_up<T>(embedding.n_features));
        lay([&](Strip) { n_strips++; });
        strips = workspace.take<Strip>(n_strips);
        ptrdiff_t s = 0, widest = 0;
        lay([&](Strip strip) { strips[s++] = strip; });
        norms = workspace.take<double>(n_strips);
        penalties = workspace.take<double>(n_strips);
        first_strip = workspace.take<ptrdiff_t>(n_threads + 1);
        for (int l = 0; l < network.n_layers; l++) {
            const ptrdiff_t padded = network.layers[l].panels.padded;
            widest = padded > widest ? padded : widest;
        }
        const ptrdiff_t of_embedding = embedding.padded_waves + (1 + embedding.C) * CHUNK, of_layers = LANES<T> * widest;
        rooms = workspace.take<Room>(n_threads);
        for (int t = 0; t < n_threads; t++) {
            rooms[t].sums = workspace.take<T>(of_embedding > of_layers ? of_embedding : of_layers);
            if (!chunk.sparse) continue;
            rooms[t].columns = workspace.take<T>(LANES<T> * CHUNK);
            rooms[t].values = workspace.take<T>(CHUNK + LANES<T>);
            rooms[t].places = workspace.take<int32_t>(CHUNK + LANES<T>);
        }
    }

    // Before a batch's first chunk: share the strips out, and keep the factors, which one strip steps and others read.
    void begin(int threads) {
        share_out(threads);
        const Embedding<T>& embedding = network.embedding;
        if (embedding.present) std::memcpy(factors, parameters + embedding.factors, size_t(embedding.n_features) * sizeof(T));
    }

    // Let the chunks of the next rows be summed there.
    void sum_into(T* packed) { gradient = packed; }

    // One thread's strips of a chunk's gradient; with the last chunk each run of it goes to finish(place in the packed vector,
    // gradient, count, group), which may step these parameters at once.
    template <class Finish>
    void work(int thread, const Part<T>& part, Finish& finish) {
        for (ptrdiff_t s = first_strip[thread]; s < first_strip[thread + 1]; s++) {
            Sums of{};
            T* sums = rooms[thread].sums;
            add(strips[s], rooms[thread], part.n);
            each_run(strips[s], [&](ptrdiff_t place, ptrdiff_t from, ptrdiff_t length, int group) {
                keep_run(place, sums + from, length, part);
                if (part.last) finish_run(place, sums + from, length, group, part, of, finish);
            });
            if (part.last) finish_strip(s, part.penalty, of);
        }
    }

    // One thread's strips of a gradient that is summed already: finish them.
    template <class Finish>
    void finish(int thread, const Part<T>& part, Finish& finish) {
        for (ptrdiff_t s = first_strip[thread]; s < first_strip[thread + 1]; s++) {
            Sums of{};
            each_run(strips[s], [&](ptrdiff_t place, ptrdiff_t, ptrdiff_t length, int group) {
                finish_run(place, gradient + place, length, group, part, of, finish);
            });
            finish_strip(s, part.penalty, of);
        }
    }

    // After the last chunk: add the square of the gradient's norm, and the penalty.
    void add_sums(double& norm_square, double& penalty) const {
        for (ptrdiff_t s = 0; s < n_strips; s++) {
            norm_square += norms[s];
            penalty += penalties[s];
        }
    }

   private:
    // Call use(strip) for each strip, in the order of the parameters.
    template <class Use>
    void lay(Use use) const {
        const auto parts = [&](int layer, ptrdiff_t count) {
            for (ptrdiff_t i = 0; i < count; i += LANES<T>)
                use({layer, i, int(count - i < LANES<T> ? count - i : LANES<T>)});
        };
        for (ptrdiff_t p = 0; p < network.embedding.n_periodic; p++) use({EMBEDDING, p, 0});
        if (network.embedding.present) parts(EMBEDDING, network.embedding.n_features);
        for (int l = 0; l < network.n_layers; l++) {
            parts(l, network.layers[l].n_in);
            if (network.biases) use({l, 0, 0});
        }
    }

    // Give each thread a run of strips with about the same work.
    void share_out(int threads) {
        if (threads == shared_among) return;
        shared_among = threads;
        const auto cost = [&](const Strip& strip) {
            if (strip.layer == EMBEDDING) return strip.count == 0 ? 20.0 * double(network.embedding.F) : double(LANES<T>);
            return double(strip.count + 1) * double(network.layers[strip.layer].panels.padded);
        };
        double all = 0, so_far = 0;
        for (ptrdiff_t s = 0; s < n_strips; s++) all += cost(strips[s]);
        int t = 0;
        for (ptrdiff_t s = 0; s < n_strips; s++) {
            while (t <= threads && so_far >= all * t / threads) first_strip[t++] = s;
            so_far += cost(strips[s]);
        }
        while (t <= threads) first_strip[t++] = n_strips;
    }

    // Call run(place in the packed vector, place in the strip's sums, length, group) for each part of a strip.
    template <class Run>
    INLINE void each_run(const Strip& strip, Run run) const {
        const Embedding<T>& embedding = network.embedding;
        if (strip.layer == EMBEDDING) {
            if (strip.count == 0) run(strip.i * embedding.padded_waves, ptrdiff_t(0), embedding.padded_waves, int(PERIODIC));
            else run(embedding.factors + strip.i, ptrdiff_t(0), ptrdiff_t(LANES<T>), int(FACTORS));
            return;
        }
        const Layer& layer = network.layers[strip.layer];
        const bool weights = strip.count > 0;
        const Panels panels = panels_of(strip);
        for (ptrdiff_t panel = 0; panel < panels.count(); panel++)
            run(weights ? layer.weights + layer.panels.start(panel) + strip.i * layer.panels.span(panel) : layer.biases,
                panels.start(panel), panels.n_rows * panels.span(panel), FIRST_WEIGHTS + 2 * strip.layer + !weights);
    }

    // How the sums of a strip of a layer lie.
    Panels panels_of(const Strip& strip) const {
        const Panels& panels = network.layers[strip.layer].panels;
        return strip.count > 0 ? Panels{strip.count, panels.padded, panels.width} : Panels{1, panels.padded, panels.padded};
    }

    // Sum a strip's gradient over the n rows of a chunk.
    INLINE void add(const Strip& strip, const Room& room, ptrdiff_t n) const {
        if (strip.layer != EMBEDDING) add_layer(strip, room, n);
        else if (strip.count == 0) add_waves(strip.i, room, n);
        else add_factors(strip.i, room, n);
    }

    INLINE void add_waves(ptrdiff_t input, const Room& room, ptrdiff_t n) const {
        const Embedding<T>& embedding = network.embedding;
        const ptrdiff_t place = input * embedding.padded_waves;
        embedding.gradient(input, embedding.waves(parameters + place), factors, chunk.plain.values, chunk.embedding_delta.values,
                       chunk.plain.stride, n, room.sums + embedding.padded_waves, room.sums);
    }

    INLINE void add_factors(ptrdiff_t i, const Room& room, ptrdiff_t n) const {
        Lanes<T> slope{};
        for (ptrdiff_t r = 0; r < n; r++) slope = fma(load(chunk.embedding_delta[r] + i), load(chunk.plain[r] + i), slope);
        store(room.sums, slope);
    }

    // a[l - 1]ᵀ delta[l], or for the biases 1ᵀ delta[l].
    INLINE void add_layer(const Strip& strip, const Room& room, ptrdiff_t n) const {
        const Rows<T>& before = strip.layer == 0 ? chunk.x : chunk.a[strip.layer - 1];
        const T* delta = chunk.delta[strip.layer].values;
        const Panels panels = panels_of(strip);
        const T one = 1;
        if (strip.count == 0) multiply_transposed(n, &one, 0, 0, 1, delta, panels, room.sums);
        else if (strip.layer == 0 && chunk.sparse) add_sparse(strip, room, n);
        else multiply_transposed(n, before.values, before.stride, strip.i, panels.n_rows, delta, panels, room.sums);
    }

    // A strip of the first layer from the inputs that are not zero.
    void add_sparse(const Strip& strip, const Room& room, ptrdiff_t n) const {
        constexpr int L = LANES<T>;
        const ptrdiff_t padded = network.input().panels.padded;
        for (ptrdiff_t r = 0; r < n; r += L) transpose_square(chunk.x[r] + strip.i, chunk.x.stride, room.columns + r, CHUNK);
        for (int i = 0; i < strip.count; i++) {
            const int count = compress(room.columns + i * CHUNK, n, room.values, room.places);
            multiply_sparse(count, room.values, room.places, chunk.delta[0].values, padded, (const T*)nullptr, false,
                            room.sums + i * padded);
        }
    }

    // Some neighbours of a strip: add g to what earlier chunks gave.
    INLINE void keep_run(ptrdiff_t place, T* g, ptrdiff_t length, const Part<T>& part) {
        if (part.first && part.last) return;
        T* earlier = gradient + place;
        for (ptrdiff_t k = 0; k < length; k += LANES<T>) {
            const Lanes<T> v = part.first ? load(g + k) : load(earlier + k) + load(g + k);
            store(earlier + k, v);
            store(g + k, v);
        }
    }

    // The batch's gradient of some neighbours of a strip: scale, measure and finish it.
    template <class Finish>
    INLINE void finish_run(ptrdiff_t place, T* g, ptrdiff_t length, int group, const Part<T>& part, Sums& of, Finish& finish) {
        T* p = parameters + place;
        const bool weights = is_weights(group);
        if (weights && part.penalty.l1 > 0)
            for (ptrdiff_t k = 0; k < length; k += LANES<T>) {
                const Lanes<T> w = load(p + k), l1 = splat(T(part.penalty.l1)), zero{};
                store(g + k, load(g + k) + (w > zero ? l1 : w < zero ? -l1 : zero));
                of.sizes += w > zero ? w : -w;
            }
        const Lanes<T> decay = splat(weights ? T(part.penalty.l2) : T(0));
        for (ptrdiff_t k = 0; k < length; k += LANES<T>) {
            const Lanes<T> w = load(p + k), v = fma(decay, w, load(g + k)) * splat(part.share);
            store(g + k, v);
            of.gradient = fma(v, v, of.gradient);
            if (weights) of.weights = fma(w, w, of.weights);
        }
        finish(place, g, length, group);
    }

    // A strip that is finished: what it adds to the norm and the penalty, and its weights transposed.
    void finish_strip(ptrdiff_t s, Penalty penalty, const Sums& of) {
        norms[s] = double(sum(of.gradient));
        penalties[s] = penalty.l1 * double(sum(of.sizes)) + 0.5 * penalty.l2 * double(sum(of.weights));
        if (strips[s].layer != EMBEDDING) network.turn_rows(strips[s].layer, strips[s].i, strips[s].count, parameters, turned);
    }
};

}  // namespace
