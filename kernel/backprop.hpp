// Forward and backward over batches, units in lanes: the twin of nn/backprop.py.
//
// A batch is worked through in chunks, a chunk in blocks of rows that stay in the cache on their way through all layers and
// back. Then the gradient is made strip by strip (some rows of a layer's weights), and each strip is finished, that is scaled and
// stepped, while it is still in the cache. Rows are shared out among threads in the first part, strips in the second:
// each number is computed by one thread in one order, so the bits do not depend on how many there are.
#pragma once

#include "losses.hpp"
#include "network.hpp"
#include "optimizers.hpp"
#include "random.hpp"
#include "threads.hpp"

namespace {

constexpr ptrdiff_t BLOCK = 2 * TILE_ROWS;
constexpr ptrdiff_t CHUNK = 16 * BLOCK;
constexpr double WORK_FOR_THREADS = 1.5e6;      // multiplications of a batch, below which one thread is quicker
constexpr double SPARSE_SHARE = 0.35;         // of non-zero inputs, below which a sparse first layer is quicker
constexpr ptrdiff_t SPARSE_INPUTS = 64;       // and at least so many inputs

struct Dropout {
    double rate;
    uint64_t seed;
    int64_t epoch;
};

// What a batch gave, before its step.
struct BatchSums {
    double loss, weight, norm_square;
    bool stopped;
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
class Minibatch {
   public:
    const Network<T>& network;
    Team& team;
    T *parameters, *turned;  // packed; the transposed weights of all layers but the first
    // Of the rows of a chunk, (CHUNK, padded units) of each layer; z may be a, unless `keep_z`, which dropout needs.
    T **z, **a, **delta;
    T** mask;  // what dropout multiplies the activations of hidden layers by
    T *x, *y, *weight, *log_sum, *row_losses;  // x: what the first layer gets
    T *plain, *front_delta, *factors;  // of a front: its features before the factors, their delta, the factors in this batch

    Minibatch(const Network<T>& network, Team& team, Workspace& workspace, bool sparse, bool keep_z)
        : network(network), team(team), sparse(sparse) {
        const int n_layers = network.n_layers, n_threads = team.size();
        parameters = workspace.take<T>(network.n_packed);
        turned = workspace.take<T>(network.n_turned);
        gradient = workspace.take<T>(network.n_packed);
        z = workspace.take<T*>(n_layers);
        a = workspace.take<T*>(n_layers);
        delta = workspace.take<T*>(n_layers);
        mask = workspace.take<T*>(n_layers);
        ptrdiff_t widest = round_up<T>(network.input().n_in);
        for (int l = 0; l < n_layers; l++) {
            const Layer& layer = network.layers[l];
            const bool output = l == n_layers - 1;
            a[l] = workspace.take<T>(CHUNK * layer.panels.padded);
            const bool needs_z = output || keep_z || derivative_needs_z(layer.activation);
            z[l] = needs_z ? workspace.take<T>(CHUNK * layer.panels.padded) : a[l];
            if (keep_z && !output) mask[l] = workspace.take<T>(CHUNK * layer.panels.padded);
            delta[l] = workspace.take<T>(CHUNK * layer.panels.padded);
            n_strips += vectors(layer.n_in) + network.biases;
            multiplications += 3 * double(layer.n_in) * double(layer.panels.padded);
            widest = layer.panels.padded > widest ? layer.panels.padded : widest;
        }
        x_stride = round_up<T>(network.input().n_in);
        x = plain = workspace.take<T>(CHUNK * x_stride);
        front_delta = factors = nullptr;
        if (network.front.present) {
            plain = workspace.take<T>(CHUNK * x_stride);
            front_delta = workspace.take<T>(CHUNK * x_stride);
            factors = workspace.take<T>(x_stride);
            n_strips += network.front.n_periodic + vectors(network.front.n_features);
        }
        y = workspace.take<T>(CHUNK * network.output().panels.padded);
        weight = workspace.take<T>(CHUNK);
        log_sum = workspace.take<T>(CHUNK);
        row_losses = workspace.take<T>(CHUNK);
        block_losses = workspace.take<double>(CHUNK / BLOCK);
        strips = workspace.take<Strip>(n_strips);
        norms = workspace.take<double>(n_strips);
        penalties = workspace.take<double>(n_strips);
        first_strip = workspace.take<ptrdiff_t>(n_threads + 1);
        scratch = workspace.take<T*>(n_threads);
        const ptrdiff_t of_front = network.front.padded_waves + (1 + network.front.C) * CHUNK;
        const ptrdiff_t of_layers = widest * (BLOCK > LANES<T> ? BLOCK : LANES<T>) + LANES<T> * CHUNK;
        for (int t = 0; t < n_threads; t++) scratch[t] = workspace.take<T>(of_front > of_layers ? of_front : of_layers);
        if (sparse) {
            values = workspace.take<T>(CHUNK * x_stride);
            places = workspace.take<int32_t>(CHUNK * places_stride());
            filled = workspace.take<int>(CHUNK);
            column_values = workspace.take<T*>(n_threads);
            column_places = workspace.take<int32_t*>(n_threads);
            for (int t = 0; t < n_threads; t++) {
                column_values[t] = workspace.take<T>(CHUNK + LANES<T>);
                column_places[t] = workspace.take<int32_t>(CHUNK + LANES<T>);
            }
        }
        lay_strips(n_threads);
    }

    // How many threads are worth it for so many rows.
    int threads_for(ptrdiff_t n_rows) const {
        return double(n_rows) * multiplications < WORK_FOR_THREADS ? 1 : team.size();
    }

    // Make the transposed weights anew, after the parameters were written.
    void turn() {
        for (ptrdiff_t s = 0; s < n_strips; s++) turn_strip(strips[s], scratch[0]);
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
        share_strips(threads);
        keep_factors();
        for (int64_t first = begin; first < end; first += CHUNK) {
            if (first > begin && stop()) {
                sums.stopped = true;
                return sums;
            }
            const ptrdiff_t n = end - first < CHUNK ? end - first : CHUNK;
            const bool last = first + CHUNK >= end;
            team.each(threads, [&](int t) {
                const ptrdiff_t n_blocks = (n + BLOCK - 1) / BLOCK;
                for (ptrdiff_t b = n_blocks * t / threads; b < n_blocks * (t + 1) / threads; b++) {
                    const ptrdiff_t row = b * BLOCK, count = n - row < BLOCK ? n - row : BLOCK;
                    gather(data, rows, first, row, count);
                    if (rows) fetch_ahead(data, rows, first + row + (end - begin), count);
                    forward(row, count, dropout, first, rows);
                    block_losses[b] = output_losses(row, count, data.sample_weight, true);
                    backward(row, count, dropout.rate > 0, scratch[t]);
                    if (front_delta) backward_to_front(row, count);
                }
            });
            for (ptrdiff_t b = 0; b * BLOCK < n; b++) sums.loss += block_losses[b];
            team.each(threads, [&](int t) {
                for (ptrdiff_t s = first_strip[t]; s < first_strip[t + 1]; s++)
                    strip(s, n, first > begin, last, T(1 / sums.weight), penalty, scratch[t], t, finish);
            });
        }
        for (ptrdiff_t s = 0; s < n_strips; s++) {
            sums.norm_square += norms[s];
            sums.loss += penalties[s];
        }
        sums.loss /= sums.weight;
        return sums;
    }

    // The mean loss of all rows, without the penalty.
    double mean_loss(const Data<T>& data) {
        double loss = 0, weight = 0;
        const int threads = threads_for(data.n);
        keep_factors();
        for (int64_t first = 0; first < data.n; first += CHUNK) {
            const ptrdiff_t n = data.n - first < CHUNK ? data.n - first : CHUNK;
            const ptrdiff_t n_blocks = (n + BLOCK - 1) / BLOCK;
            team.each(threads, [&](int t) {
                for (ptrdiff_t b = n_blocks * t / threads; b < n_blocks * (t + 1) / threads; b++) {
                    const ptrdiff_t row = b * BLOCK, count = n - row < BLOCK ? n - row : BLOCK;
                    gather(data, nullptr, first, row, count);
                    forward(row, count, {}, first, nullptr);
                    block_losses[b] = output_losses(row, count, data.sample_weight, false);
                }
            });
            for (ptrdiff_t b = 0; b < n_blocks; b++) loss += block_losses[b];
            for (ptrdiff_t r = 0; r < n; r++) weight += data.sample_weight ? double(data.sample_weight[first + r]) : 1.0;
        }
        return loss / weight;
    }

    // Note the front's factors as they are before this batch's step.
    void keep_factors() {
        const Front<T>& front = network.front;
        if (front.present) std::memcpy(factors, parameters + front.factors, size_t(front.n_features) * sizeof(T));
    }

    // Copy the rows `row` ... of the chunk that begins at `first` into x (through the front), y and weight.
    void gather(const Data<T>& data, const int64_t* rows, int64_t first, ptrdiff_t row, ptrdiff_t count) {
        const Front<T>& front = network.front;
        const ptrdiff_t n_in = front.n_inputs, n_out = network.output().n_out;
        const ptrdiff_t y_stride = network.output().panels.padded;
        for (ptrdiff_t r = row; r < row + count; r++) {
            const int64_t from = rows ? rows[first + r] : first + r;
            std::memcpy(plain + r * x_stride, data.X + from * n_in, size_t(n_in) * sizeof(T));
            if (data.Y) std::memcpy(y + r * y_stride, data.Y + from * n_out, size_t(n_out) * sizeof(T));
            weight[r] = data.sample_weight ? data.sample_weight[from] : T(1);
        }
        if (front.present)
            front.forward(parameters, front.padded_waves, factors, plain + row * x_stride, x + row * x_stride, x_stride, count);
        if (sparse)
            for (ptrdiff_t r = row; r < row + count; r++)
                filled[r] = compress(x + r * x_stride, x_stride, values + r * x_stride, places + r * places_stride());
    }

    // Ask for rows that the next batch will gather in the same place: in random order the memory would be waited for.
    void fetch_ahead(const Data<T>& data, const int64_t* rows, int64_t first, ptrdiff_t count) const {
        constexpr ptrdiff_t LINE = 64 / sizeof(T);
        const ptrdiff_t n_in = network.front.n_inputs;
        for (int64_t r = first; r < first + count && r < data.n; r++)
            for (ptrdiff_t i = 0; i < n_in; i += LINE) __builtin_prefetch(data.X + rows[r] * n_in + i, 0, 2);
    }

    // Every z and a of some rows of the chunk.
    void forward(ptrdiff_t row, ptrdiff_t count, Dropout dropout, int64_t first, const int64_t* rows) {
        const T* before = x + row * x_stride;
        ptrdiff_t stride = x_stride;
        for (int l = 0; l < network.n_layers; l++) {
            const Layer& layer = network.layers[l];
            const ptrdiff_t padded = layer.panels.padded;
            const T *weights = parameters + layer.weights, *biases = parameters + layer.biases;
            T *raw = z[l] + row * padded, *activations = a[l] + row * padded;
            if (l == 0 && sparse)
                for (ptrdiff_t r = 0; r < count; r++)
                    multiply_sparse(filled[row + r], values + (row + r) * x_stride, places + (row + r) * places_stride(),
                                    weights, padded, biases, raw + r * padded);
            else
                multiply(count, before, stride, layer.n_in, layer.panels, weights, biases, raw, padded);
            if (layer.activation == ActivationName::softmax)
                softmax(raw, activations, row, count);
            else
                activate(layer.activation, raw, activations, count * padded);
            if (dropout.rate > 0 && l < network.n_layers - 1) {
                draw(l, row, count, dropout, first, rows);
                multiply_by(mask[l] + row * padded, activations, count * padded);
            }
            before = activations;
            stride = padded;
        }
    }

    // The sum of the losses of some rows; with `deltas` the output's delta as well, both multiplied by the row's weight.
    double output_losses(ptrdiff_t row, ptrdiff_t count, bool weighted, bool deltas) {
        const Layer& layer = network.output();
        const ptrdiff_t padded = layer.panels.padded;
        const int l = network.n_layers - 1;
        const T *raw = z[l], *prediction = a[l];
        Lanes<T> sums{};
        const Lanes<T> parameter = splat(network.loss_parameter);
        with_loss(network.loss, layer.activation, [&](auto loss) {
            for (ptrdiff_t r = row; r < row + count; r++) {
                Lanes<T> row_sum{};
                const Lanes<T> w = splat(weight[r]), rest = splat(log_sum[r]);
                for (ptrdiff_t j = 0; j < layer.n_out; j += LANES<T>) {
                    const ptrdiff_t i = r * padded + j;
                    const int left = int(layer.n_out - j);
                    const Lanes<T> v = load(raw + i), p = load(prediction + i), target = load(y + i);
                    row_sum = row_sum + first_lanes<T>(loss.value(target, v, p, rest, parameter), left);
                    if (deltas) {
                        Lanes<T> d = loss.slope(target, v, p, parameter);
                        if (weighted) d = d * w;
                        store(delta[l] + i, first_lanes<T>(d, left));
                    }
                }
                if (weighted) row_sum = row_sum * w;
                sums = sums + row_sum;
            }
            if (deltas && !loss.FOLDED)
                multiply_derivative(layer.activation, raw + row * padded, prediction + row * padded,
                                    delta[l] + row * padded, count * padded);
        });
        return double(sum(sums));
    }

    // Every delta of some rows from that of the output: δ[l] = (δ[l + 1] weights[l + 1]ᵀ) * a'(z[l]).
    void backward(ptrdiff_t row, ptrdiff_t count, bool has_dropout, T* unmasked) {
        for (int l = network.n_layers - 2; l >= 0; l--) {
            const Layer &layer = network.layers[l], &next = network.layers[l + 1];
            const ptrdiff_t padded = layer.panels.padded;
            T* d = delta[l] + row * padded;
            multiply(count, delta[l + 1] + row * next.panels.padded, next.panels.padded, next.n_out, next.transposed,
                     turned + next.turned, (const T*)nullptr, d, padded);
            const T* activations = a[l] + row * padded;
            if (has_dropout) {
                multiply_by(mask[l] + row * padded, d, count * padded);
                activate(layer.activation, z[l] + row * padded, unmasked, count * padded);  // as before the mask
                activations = unmasked;
            }
            multiply_derivative(layer.activation, z[l] + row * padded, activations, d, count * padded);
        }
    }

    // The delta of the front's features from that of the first layer.
    void backward_to_front(ptrdiff_t row, ptrdiff_t count) {
        const Layer& first = network.input();
        multiply(count, delta[0] + row * first.panels.padded, first.panels.padded, first.n_out, first.transposed,
                 turned + first.turned, (const T*)nullptr, front_delta + row * x_stride, x_stride);
    }

   private:
    // What one thread finishes at once: some rows of a layer's weights, its biases, or a part of the front.
    struct Strip {
        int layer;
        ptrdiff_t i;  // first row of the weights, first factor, or which periodic input
        int count;    // how many rows or factors; of layers 0: the biases, of the front 0: an input's waves
    };
    static constexpr int FRONT = -1;  // in place of a layer

    ptrdiff_t places_stride() const { return x_stride + LANES<T>; }  // the two after a full row are not the next row's

    static constexpr ptrdiff_t vectors(ptrdiff_t count) { return (count + LANES<T> - 1) / LANES<T>; }

    const bool sparse;
    ptrdiff_t x_stride = 0, n_strips = 0;
    double multiplications = 0;  // of a row, forward and back
    T* gradient;
    double *block_losses, *norms, *penalties;
    Strip* strips;
    ptrdiff_t* first_strip;  // of each thread
    int shared_among = 0;
    T** scratch;
    T *values, **column_values;
    int32_t *places, **column_places;
    int* filled;

    void lay_strips(int n_threads) {
        ptrdiff_t s = 0;
        const auto parts = [&](int layer, ptrdiff_t count) {
            for (ptrdiff_t i = 0; i < count; i += LANES<T>)
                strips[s++] = {layer, i, int(count - i < LANES<T> ? count - i : LANES<T>)};
        };
        for (ptrdiff_t p = 0; p < network.front.n_periodic; p++) strips[s++] = {FRONT, p, 0};
        if (network.front.present) parts(FRONT, network.front.n_features);
        for (int l = 0; l < network.n_layers; l++) {
            parts(l, network.layers[l].n_in);
            if (network.biases) strips[s++] = {l, 0, 0};
        }
        share_strips(n_threads);
    }

    // Give each thread a run of strips with about the same work.
    void share_strips(int threads) {
        if (threads == shared_among) return;
        shared_among = threads;
        const auto cost = [&](const Strip& strip) {
            if (strip.layer == FRONT) return strip.count == 0 ? 20.0 * double(network.front.F) : double(LANES<T>);
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

    // The predictions of some rows, and log Σ e^z of each, which the loss needs.
    void softmax(const T* raw, T* prediction, ptrdiff_t row, ptrdiff_t count) {
        const ptrdiff_t padded = network.output().panels.padded;
        T tops[BLOCK + LANES<T>], totals[BLOCK + LANES<T>];
        for (ptrdiff_t r = 0; r < count; r++)
            softmax_row(raw + r * padded, prediction + r * padded, int(network.output().n_out), tops + r, totals + r);
        for (ptrdiff_t r = 0; r < count; r += LANES<T>) {
            const int left = int(count - r < LANES<T> ? count - r : LANES<T>);
            const Lanes<T> total = load_first(totals + r, left), top = load_first(tops + r, left);
            store_first(log_sum + row + r, top + log(total), left);
        }
    }

    // Draw the mask of a layer for some rows.
    void draw(int l, ptrdiff_t row, ptrdiff_t count, Dropout dropout, int64_t first, const int64_t* rows) {
        const ptrdiff_t padded = network.layers[l].panels.padded;
        const uint64_t prefix = bits(dropout.seed, DROPOUT, dropout.epoch, l);
        for (ptrdiff_t r = row; r < row + count; r++)
            draw_mask(fold(prefix, uint64_t(rows ? rows[first + r] : first + r)), dropout.rate, padded, mask[l] + r * padded);
    }

    static void multiply_by(const T* factors, T* to, ptrdiff_t count) {
        for (ptrdiff_t i = 0; i < count; i += LANES<T>) store(to + i, load(to + i) * load(factors + i));
    }

    // The squares of a strip's gradient and of its weights, and their sizes where there is an l1, summed.
    struct Sums {
        Lanes<T> gradient, weights, sizes;
    };

    // The gradient of one strip from the n rows of a chunk: added to what earlier chunks gave; finished with the last.
    template <class Finish>
    void strip(ptrdiff_t s, ptrdiff_t n, bool more_before, bool last, T share, Penalty penalty, T* sums, int thread,
               Finish& finish) {
        const Strip& strip = strips[s];
        Sums of{};
        const auto run = [&](ptrdiff_t place, T* g, ptrdiff_t length, int group) {
            finish_run(place, g, length, group, more_before, last, share, penalty, of, finish);
        };
        if (strip.layer == FRONT) {
            const Front<T>& front = network.front;
            if (strip.count == 0) {
                const ptrdiff_t place = strip.i * front.padded_waves;
                front.gradient(strip.i, front.waves(parameters + place), factors, plain, front_delta, x_stride, n,
                               sums + front.padded_waves, sums);
                run(place, sums, front.padded_waves, EMBEDDING);
            } else {
                Lanes<T> slope{};
                for (ptrdiff_t r = 0; r < n; r++)
                    slope = fma(load(front_delta + r * x_stride + strip.i), load(plain + r * x_stride + strip.i), slope);
                store(sums, slope);
                run(front.factors + strip.i, sums, LANES<T>, FACTORS);
            }
        } else {
            const Layer& layer = network.layers[strip.layer];
            const Panels& panels = layer.panels;
            const T* before = strip.layer == 0 ? x : a[strip.layer - 1];
            const ptrdiff_t stride = strip.layer == 0 ? x_stride : network.layers[strip.layer - 1].panels.padded;
            const bool weights = strip.count > 0;
            const ptrdiff_t count = weights ? strip.count : 1;
            const Panels strip_panels{count, panels.padded, weights ? panels.width : panels.padded};
            const int group = FIRST_WEIGHTS + 2 * strip.layer + !weights;
            const T one = 1;
            if (!weights)
                multiply_transposed(n, &one, 0, 0, 1, delta[strip.layer], strip_panels, sums);
            else if (strip.layer == 0 && sparse)
                sparse_strip(strip, n, sums, thread);
            else
                multiply_transposed(n, before, stride, strip.i, count, delta[strip.layer], strip_panels, sums);
            for (ptrdiff_t panel = 0; panel < strip_panels.count(); panel++)
                run(weights ? layer.weights + panels.start(panel) + strip.i * panels.span(panel) : layer.biases,
                    sums + strip_panels.start(panel), count * strip_panels.span(panel), group);
        }
        if (!last) return;
        norms[s] = double(sum(of.gradient));
        penalties[s] = penalty.l1 * double(sum(of.sizes)) + 0.5 * penalty.l2 * double(sum(of.weights));
        turn_strip(strip, sums);
    }

    // Some neighbours of a strip: add g to what earlier chunks gave; with the last chunk scale, measure and finish it.
    template <class Finish>
    INLINE void finish_run(ptrdiff_t place, T* g, ptrdiff_t length, int group, bool more_before, bool last, T share,
                           Penalty penalty, Sums& of, Finish& finish) {
        T *earlier = gradient + place, *p = parameters + place;
        if (more_before || !last)
            for (ptrdiff_t k = 0; k < length; k += LANES<T>) {
                const Lanes<T> v = more_before ? load(earlier + k) + load(g + k) : load(g + k);
                store(earlier + k, v);
                store(g + k, v);
            }
        if (!last) return;
        const bool weights = is_weights(group);
        if (weights && penalty.l1 > 0)
            for (ptrdiff_t k = 0; k < length; k += LANES<T>) {
                const Lanes<T> w = load(p + k), l1 = splat(T(penalty.l1)), zero{};
                store(g + k, load(g + k) + (w > zero ? l1 : w < zero ? -l1 : zero));
                of.sizes += w > zero ? w : -w;
            }
        const Lanes<T> decay = splat(weights ? T(penalty.l2) : T(0));
        for (ptrdiff_t k = 0; k < length; k += LANES<T>) {
            const Lanes<T> w = load(p + k), v = fma(decay, w, load(g + k)) * splat(share);
            store(g + k, v);
            of.gradient = fma(v, v, of.gradient);
            if (weights) of.weights = fma(w, w, of.weights);
        }
        finish(place, g, length, group);
    }

    // A strip of the first layer from the inputs that are not zero.
    void sparse_strip(const Strip& strip, ptrdiff_t n, T* sums, int thread) {
        constexpr int L = LANES<T>;
        const ptrdiff_t padded = network.input().panels.padded;
        T* columns = scratch[thread] + L * padded;  // (L, CHUNK)
        for (ptrdiff_t r = 0; r < n; r += L) transpose_square(x + r * x_stride + strip.i, x_stride, columns + r, CHUNK);
        for (int i = 0; i < strip.count; i++) {
            const int count = compress(columns + i * CHUNK, n, column_values[thread], column_places[thread]);
            multiply_sparse(count, column_values[thread], column_places[thread], delta[0], padded, (const T*)nullptr,
                            sums + i * padded);
        }
    }

    // Write the strip's weights into their transposed place.
    void turn_strip(const Strip& strip, T* square) {
        const bool read = strip.layer > 0 || (strip.layer == 0 && network.front.present);  // by a backward pass
        if (!read || strip.count == 0) return;
        const Layer& layer = network.layers[strip.layer];
        constexpr int L = LANES<T>;
        for (ptrdiff_t j = 0; j < layer.panels.padded; j += L) {
            const T* from = parameters + layer.weights + layer.panels.index(strip.i, j);
            ptrdiff_t stride = layer.panels.span(j / layer.panels.width);
            if (strip.count < L) {
                for (int i = 0; i < L; i++)
                    store(square + i * L, i < strip.count ? load(from + i * stride) : Lanes<T>{});
                from = square;
                stride = L;
            }
            transpose_square(from, stride, turned + layer.turned + layer.transposed.index(j, strip.i),
                             layer.transposed.span(strip.i / layer.transposed.width));
        }
    }
};

}  // namespace
