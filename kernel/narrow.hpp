// Forward and backward for small layers, rows in lanes: the same mathematics as backprop.hpp, laid out the other way round.
//
// Every quantity of a unit is an array over the rows of a chunk, so a layer of one unit fills its vectors as well as one of
// sixteen, and the weights are single numbers spread over the lanes. The lanes after the last row repeat it with weight 0.
#pragma once

#include "backprop.hpp"

namespace {

constexpr ptrdiff_t NARROW_CHUNK = 1024;
constexpr int GROUP = 4;  // vectors of rows that share a weight

// Whether rows in lanes are quicker: units in lanes would waste more than half of them.
template <class T>
bool is_narrow(const NetworkDescription& description, int64_t batch_rows) {
    double useful = 0, padded = 0;
    for (int l = 0; l < description.n_layers; l++) {
        useful += double(description.layer_sizes[l]) * double(description.layer_sizes[l + 1]);
        padded += double(description.layer_sizes[l]) * double(round_up<T>(description.layer_sizes[l + 1]));
    }
    return batch_rows >= LANES<T> && 2 * useful <= padded;
}

template <class T>
class Narrow {
   public:
    const Network<T>& network;
    T *parameters, *gradient;  // flat, as the user's, padded to whole vectors

    Narrow(const Network<T>& network, Workspace& workspace, ptrdiff_t most_rows) : network(network) {
        stride = round_up<T>(most_rows < NARROW_CHUNK ? most_rows : NARROW_CHUNK);
        parameters = workspace.take<T>(round_up<T>(network.n_parameters));
        gradient = workspace.take<T>(round_up<T>(network.n_parameters));
        x = workspace.take<T>(network.input().n_in * stride);
        y = workspace.take<T>(network.output().n_out * stride);
        weight = workspace.take<T>(stride);
        log_sum = workspace.take<T>(stride);
        z = workspace.take<T*>(network.n_layers);
        a = workspace.take<T*>(network.n_layers);
        delta = workspace.take<T*>(network.n_layers);
        for (int l = 0; l < network.n_layers; l++) {
            const Layer& layer = network.layers[l];
            const bool output = l == network.n_layers - 1;
            a[l] = workspace.take<T>(layer.n_out * stride);
            z[l] = output || derivative_needs_z(layer.activation) ? workspace.take<T>(layer.n_out * stride) : a[l];
            delta[l] = workspace.take<T>(layer.n_out * stride);
        }
    }

    // The loss of rows[begin ... end) (or of those numbers, where rows is null) and, in `gradient`, its gradient.
    BatchSums batch(const Data<T>& data, const int64_t* rows, int64_t begin, int64_t end, double l2, const Stop& stop) {
        BatchSums sums{0, 0, 0, false};
        for (int64_t first = begin; first < end; first += stride) {
            if (first > begin && stop()) {
                sums.stopped = true;
                return sums;
            }
            const ptrdiff_t n = end - first < stride ? end - first : stride;
            gather(data, rows, first, n);
            forward();
            sums.loss += output_losses(true);
            sums.weight += total_weight;
            backward();
            add_gradient(first == begin);
        }
        const double penalty = finish(T(l2), T(1 / sums.weight), sums.norm_square);
        sums.loss = (sums.loss + 0.5 * l2 * penalty) / sums.weight;
        return sums;
    }

    double mean_loss(const Data<T>& data) {
        double loss = 0, weights = 0;
        for (int64_t first = 0; first < data.n; first += stride) {
            gather(data, nullptr, first, data.n - first < stride ? data.n - first : stride);
            forward();
            loss += output_losses(false);
            weights += total_weight;
        }
        return loss / weights;
    }

    void multiply_weights(T factor) {
        for (int l = 0; l < network.n_layers; l++) {
            const Layer& layer = network.layers[l];
            for (ptrdiff_t k = layer.flat; k < layer.flat + layer.n_in * layer.n_out; k++) parameters[k] *= factor;
        }
    }

   private:
    ptrdiff_t stride, length = 0;  // room for rows; rows of the chunk in whole vectors
    T *x, *y, *weight, *log_sum;
    T **z, **a, **delta;  // (units, stride) of each layer; z may be a
    double total_weight = 0;
    Data<T> gathered{};  // what x, y and weight hold rows of, from `gathered_first` on, if in their own order
    int64_t gathered_first = -1;

    // Copy rows of the data into x, y and weight; a full batch finds them there already.
    void gather(const Data<T>& data, const int64_t* rows, int64_t first, ptrdiff_t n) {
        const bool there = data.X == gathered.X && data.Y == gathered.Y && data.sample_weight == gathered.sample_weight &&
                           data.n == gathered.n && first == gathered_first;
        if (!rows && there) return;
        gathered = data;
        gathered_first = rows ? -1 : first;
        length = round_up<T>(n);
        total_weight = 0;
        const ptrdiff_t n_in = network.input().n_in, n_out = network.output().n_out;
        for (ptrdiff_t r = 0; r < length; r++) {
            const int64_t number = first + (r < n ? r : n - 1), from = rows ? rows[number] : number;
            for (ptrdiff_t i = 0; i < n_in; i++) x[i * stride + r] = data.X[from * n_in + i];
            for (ptrdiff_t j = 0; j < n_out; j++) y[j * stride + r] = data.Y[from * n_out + j];
            weight[r] = r >= n ? T(0) : data.sample_weight ? data.sample_weight[from] : T(1);
            total_weight += double(weight[r]);
        }
    }

    // to (V vectors of rows) = start + Σ factors[k * step] from[k]
    template <int V>
    INLINE void combine(ptrdiff_t count, const T* factors, ptrdiff_t step, const T* from, T start, T* to) {
        Lanes<T> sums[V];
#pragma GCC unroll 8
        for (int v = 0; v < V; v++) sums[v] = splat(start);
        for (ptrdiff_t k = 0; k < count; k++) {
            const Lanes<T> factor = splat(factors[k * step]);
#pragma GCC unroll 8
            for (int v = 0; v < V; v++) sums[v] = fma(factor, load(from + k * stride + v * LANES<T>), sums[v]);
        }
#pragma GCC unroll 8
        for (int v = 0; v < V; v++) store(to + v * LANES<T>, sums[v]);
    }

    // The same for all rows of the chunk.
    INLINE void combine_rows(ptrdiff_t count, const T* factors, ptrdiff_t step, const T* from, T start, T* to) {
        constexpr ptrdiff_t L = LANES<T>;
        ptrdiff_t r = 0;
        for (; r + GROUP * L <= length; r += GROUP * L) combine<GROUP>(count, factors, step, from + r, start, to + r);
        for (; r < length; r += L) combine<1>(count, factors, step, from + r, start, to + r);
    }

    void forward() {
        const T* before = x;
        for (int l = 0; l < network.n_layers; l++) {
            const Layer& layer = network.layers[l];
            const T *weights = parameters + layer.flat, *biases = weights + layer.n_in * layer.n_out;
            for (ptrdiff_t j = 0; j < layer.n_out; j++)
                combine_rows(layer.n_in, weights + j, layer.n_out, before, network.biases ? biases[j] : T(0),
                             z[l] + j * stride);
            if (layer.activation == ActivationName::softmax) softmax();
            else if (length == stride) activate(layer.activation, z[l], a[l], layer.n_out * stride);
            else
                for (ptrdiff_t j = 0; j < layer.n_out; j++)
                    activate(layer.activation, z[l] + j * stride, a[l] + j * stride, length);
            before = a[l];
        }
    }

    void softmax() {
        const int l = network.n_layers - 1;
        const ptrdiff_t n_out = network.output().n_out;
        for (ptrdiff_t r = 0; r < length; r += LANES<T>) {
            Lanes<T> top = load(z[l] + r), total{};
            for (ptrdiff_t j = 1; j < n_out; j++) top = max(top, load(z[l] + j * stride + r));
            for (ptrdiff_t j = 0; j < n_out; j++) {
                const Lanes<T> e = exp(load(z[l] + j * stride + r) - top);
                store(a[l] + j * stride + r, e);
                total = total + e;
            }
            const Lanes<T> share = splat<T>(1) / total;
            for (ptrdiff_t j = 0; j < n_out; j++)
                store(a[l] + j * stride + r, load(a[l] + j * stride + r) * share);
            store(log_sum + r, top + log(total));
        }
    }

    // The sum of the weighted losses; with `deltas` the output's delta as well.
    double output_losses(bool deltas) {
        const Layer& layer = network.output();
        const int l = network.n_layers - 1;
        Lanes<T> sums{};
        const Lanes<T> parameter = splat(network.loss_parameter);
        with_loss(network.loss, layer.activation, [&](auto loss) {
            for (ptrdiff_t j = 0; j < layer.n_out; j++)
                for (ptrdiff_t r = 0; r < length; r += LANES<T>) {
                    const ptrdiff_t i = j * stride + r;
                    const Lanes<T> v = load(z[l] + i), p = load(a[l] + i), target = load(y + i), w = load(weight + r);
                    sums = fma(loss.value(target, v, p, load(log_sum + r), parameter), w, sums);
                    if (deltas) store(delta[l] + i, loss.slope(target, v, p, parameter) * w);
                }
            if (deltas && !loss.FOLDED)
                for (ptrdiff_t j = 0; j < layer.n_out; j++) multiply_slope(l, j);
        });
        return double(sum(sums));
    }

    void multiply_slope(int l, ptrdiff_t j) {
        multiply_derivative(network.layers[l].activation, z[l] + j * stride, a[l] + j * stride, delta[l] + j * stride, length);
    }

    void backward() {
        for (int l = network.n_layers - 2; l >= 0; l--) {
            const Layer& next = network.layers[l + 1];
            for (ptrdiff_t i = 0; i < next.n_in; i++) {
                combine_rows(next.n_out, parameters + next.flat + i * next.n_out, 1, delta[l + 1], T(0), delta[l] + i * stride);
                multiply_slope(l, i);
            }
        }
    }

    // Σ over rows of from * delta for one input and V units.
    template <int V>
    INLINE void add_products(const T* from, const T* d, T* to, bool anew) {
        Lanes<T> sums[V]{};
        for (ptrdiff_t r = 0; r < length; r += LANES<T>)
#pragma GCC unroll 8
            for (int v = 0; v < V; v++)
                sums[v] = from ? fma(load(from + r), load(d + v * stride + r), sums[v]) : sums[v] + load(d + v * stride + r);
#pragma GCC unroll 8
        for (int v = 0; v < V; v++) to[v] = anew ? sum(sums[v]) : to[v] + sum(sums[v]);
    }

    // Add the chunk's gradient, a weight as the products of its input and its delta; a bias has no input.
    void add_gradient(bool anew) {
        for (int l = 0; l < network.n_layers; l++) {
            const Layer& layer = network.layers[l];
            const T* before = l == 0 ? x : a[l - 1];
            T* to = gradient + layer.flat;
            for (ptrdiff_t i = 0; i < layer.n_in + network.biases; i++, to += layer.n_out) {
                const T* from = i < layer.n_in ? before + i * stride : nullptr;
                ptrdiff_t j = 0;
                for (; j + GROUP <= layer.n_out; j += GROUP) add_products<GROUP>(from, delta[l] + j * stride, to + j, anew);
                for (; j < layer.n_out; j++) add_products<1>(from, delta[l] + j * stride, to + j, anew);
            }
        }
    }

    // Divide the gradient by the weight, add the penalty's; return Σ weights².
    double finish(T l2, T share, double& norm_square) {
        double penalty = 0;
        if (l2 > 0)
            for (int l = 0; l < network.n_layers; l++) {
                const Layer& layer = network.layers[l];
                for (ptrdiff_t k = layer.flat; k < layer.flat + layer.n_in * layer.n_out; k++) {
                    penalty += double(parameters[k]) * double(parameters[k]);
                    gradient[k] += l2 * parameters[k];
                }
            }
        Lanes<T> norm{};
        for (ptrdiff_t k = 0; k < network.n_parameters; k += LANES<T>) {
            const Lanes<T> g = load(gradient + k) * splat(share);
            store(gradient + k, g);
            norm = fma(g, g, norm);
        }
        norm_square = double(sum(norm));
        return penalty;
    }
};

}  // namespace
