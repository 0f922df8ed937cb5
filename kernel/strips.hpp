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

    // One thread's strips of a chunk's gradient; with the last chunk each run of it goes to finish(place in the packed vector,
    // gradient, count, group), which may step these parameters at once.
    template <class Finish>
    void work(int thread, const Part<T>& part, Finish& finish) {
        for (ptrdiff_t s = first_strip[thread]; s < first_strip[thread + 1]; s++) {
            Sums of{};
            add(strips[s], rooms[thread], part.n, [&](ptrdiff_t place, T* g, ptrdiff_t length, int group) {
                finish_run(place, g, length, group, part, of, finish);
            });
            if (!part.last) continue;
            norms[s] = double(sum(of.gradient));
            penalties[s] = part.penalty.l1 * double(sum(of.sizes)) + 0.5 * part.penalty.l2 * double(sum(of.weights));
            if (strips[s].layer != EMBEDDING) network.turn_rows(strips[s].layer, strips[s].i, strips[s].count, parameters, turned);
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

    // Sum a strip's gradient over the n rows of a chunk: run(place in the packed vector, sums, length, group) for each part.
    template <class Run>
    INLINE void add(const Strip& strip, const Room& room, ptrdiff_t n, Run run) const {
        if (strip.layer != EMBEDDING) add_layer(strip, room, n, run);
        else if (strip.count == 0) add_waves(strip.i, room, n, run);
        else add_factors(strip.i, room, n, run);
    }

    template <class Run>
    INLINE void add_waves(ptrdiff_t input, const Room& room, ptrdiff_t n, Run run) const {
        const Embedding<T>& embedding = network.embedding;
        const ptrdiff_t place = input * embedding.padded_waves;
        embedding.gradient(input, embedding.waves(parameters + place), factors, chunk.plain.values, chunk.embedding_delta.values,
                       chunk.plain.stride, n, room.sums + embedding.padded_waves, room.sums);
        run(place, room.sums, embedding.padded_waves, PERIODIC);
    }

    template <class Run>
    INLINE void add_factors(ptrdiff_t i, const Room& room, ptrdiff_t n, Run run) const {
        Lanes<T> slope{};
        for (ptrdiff_t r = 0; r < n; r++) slope = fma(load(chunk.embedding_delta[r] + i), load(chunk.plain[r] + i), slope);
        store(room.sums, slope);
        run(network.embedding.factors + i, room.sums, LANES<T>, FACTORS);
    }

    // a[l - 1]ᵀ delta[l], or for the biases 1ᵀ delta[l].
    template <class Run>
    INLINE void add_layer(const Strip& strip, const Room& room, ptrdiff_t n, Run run) const {
        const Layer& layer = network.layers[strip.layer];
        const Panels& panels = layer.panels;
        const Rows<T>& before = strip.layer == 0 ? chunk.x : chunk.a[strip.layer - 1];
        const T* delta = chunk.delta[strip.layer].values;
        const bool weights = strip.count > 0;
        const ptrdiff_t count = weights ? strip.count : 1;
        const Panels strip_panels{count, panels.padded, weights ? panels.width : panels.padded};
        const T one = 1;
        if (!weights) multiply_transposed(n, &one, 0, 0, 1, delta, strip_panels, room.sums);
        else if (strip.layer == 0 && chunk.sparse) add_sparse(strip, room, n);
        else multiply_transposed(n, before.values, before.stride, strip.i, count, delta, strip_panels, room.sums);
        for (ptrdiff_t panel = 0; panel < strip_panels.count(); panel++)
            run(weights ? layer.weights + panels.start(panel) + strip.i * panels.span(panel) : layer.biases,
                room.sums + strip_panels.start(panel), count * strip_panels.span(panel),
                FIRST_WEIGHTS + 2 * strip.layer + !weights);
    }

    // A strip of the first layer from the inputs that are not zero.
    void add_sparse(const Strip& strip, const Room& room, ptrdiff_t n) const {
        constexpr int L = LANES<T>;
        const ptrdiff_t padded = network.input().panels.padded;
        for (ptrdiff_t r = 0; r < n; r += L) transpose_square(chunk.x[r] + strip.i, chunk.x.stride, room.columns + r, CHUNK);
        for (int i = 0; i < strip.count; i++) {
            const int count = compress(room.columns + i * CHUNK, n, room.values, room.places);
            multiply_sparse(count, room.values, room.places, chunk.delta[0].values, padded, (const T*)nullptr,
                            room.sums + i * padded);
        }
    }

    // Some neighbours of a strip: add g to what earlier chunks gave; with the last chunk scale, measure and finish it.
    template <class Finish>
    INLINE void finish_run(ptrdiff_t place, T* g, ptrdiff_t length, int group, const Part<T>& part, Sums& of, Finish& finish) {
        T *earlier = gradient + place, *p = parameters + place;
        if (!part.first || !part.last)
            for (ptrdiff_t k = 0; k < length; k += LANES<T>) {
                const Lanes<T> v = part.first ? load(g + k) : load(earlier + k) + load(g + k);
                store(earlier + k, v);
                store(g + k, v);
            }
        if (!part.last) return;
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
};

}  // namespace
