// Forward and backward for small layers, rows in lanes: the same mathematics as backprop.hpp, laid out the other way round.
//
// Every quantity of a unit is an array over the rows of a chunk, so a layer of one unit fills its vectors as well as one of
// sixteen, and the weights are single numbers spread over the lanes. The lanes after the last row repeat it with weight 0.
#pragma once

#include "minibatch.hpp"

namespace {

constexpr ptrdiff_t NARROW_CHUNK = 1024;
constexpr int GROUP = 4;  // units that share a vector of rows

// Whether rows in lanes are quicker, as measured: units in lanes would waste a fifth of them, or half where a second thread
// could help with units or zeros be left out of many inputs. (Never by the number of threads: bits must not depend on it.)
template <class T>
bool is_narrow(const NetworkDescription& description, int64_t batch_rows) {
    if (description.embedding.present) return false;
    double useful = 0, padded = 0;
    for (int l = 0; l < description.n_layers; l++) {
        useful += double(description.layer_sizes[l]) * double(description.layer_sizes[l + 1]);
        padded += double(description.layer_sizes[l]) * double(round_up<T>(description.layer_sizes[l + 1]));
    }
    const bool small = description.layer_sizes[0] < 64 && 3 * padded * double(batch_rows) < 8 * WORK_FOR_THREADS;
    return batch_rows >= LANES<T> && useful <= (small ? 0.8 : 0.5) * padded;
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
        x = with_ones(network.input().n_in, workspace);
        y = workspace.take<T>(network.output().n_out * stride);
        weight = workspace.take<T>(stride);
        log_sum = workspace.take<T>(stride);
        z = workspace.take<T*>(network.n_layers);
        a = workspace.take<T*>(network.n_layers);
        delta = workspace.take<T*>(network.n_layers);
        for (int l = 0; l < network.n_layers; l++) {
            const Layer& layer = network.layers[l];
            const bool output = l == network.n_layers - 1;
            a[l] = with_ones(layer.n_out, workspace);
            z[l] = output || derivative_needs_z(layer.activation) ? workspace.take<T>(layer.n_out * stride) : a[l];
            delta[l] = workspace.take<T>(layer.n_out * stride);
        }
    }

    // The loss of rows[begin ... end) (or of those numbers, where rows is null) and, in `gradient`, its gradient.
    BatchSums batch(const Data<T>& data, const int64_t* rows, int64_t begin, int64_t end, Penalty penalty, const Stop& stop) {
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
            backward(first == begin);
        }
        sums.loss += finish(penalty, T(1 / sums.weight), sums.norm_square);
        sums.loss /= sums.weight;
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
    // Room for the values of some units, and a row of ones after them: the input of the biases.
    T* with_ones(ptrdiff_t units, Workspace& workspace) {
        T* values = workspace.take<T>((units + 1) * stride);
        for (ptrdiff_t r = 0; r < stride; r++) values[units * stride + r] = T(1);
        return values;
    }

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

    // What a layer's units combine of others: unit u takes starts[u] + Σ factors[u * of_unit + k * of_other] from[k].
    struct Combination {
        ptrdiff_t n_units, n_others;
        const T *factors, *starts;  // starts may be null
        ptrdiff_t of_unit, of_other;
        const T* from;
    };

    // For U units from `first` on and R vectors of rows at a time, from row `begin` on as far as these go; return where
    // that is. `use` gets each vector and its place in (units, stride).
    template <int U, int R, class F>
    INLINE ptrdiff_t combine_tile(const Combination c, ptrdiff_t first, ptrdiff_t begin, F use) const {
        constexpr ptrdiff_t L = LANES<T>;
        const ptrdiff_t stride = this->stride, length = this->length;  // which no store can change
        Lanes<T> starts[U];
#pragma GCC unroll 8
        for (int u = 0; u < U; u++) starts[u] = c.starts ? splat(c.starts[first + u]) : Lanes<T>{};
        ptrdiff_t r = begin;
        for (; r + R * L <= length; r += R * L) {
            Lanes<T> sums[U * R];
#pragma GCC unroll 8
            for (int k = 0; k < U * R; k++) sums[k] = starts[k / R];
            const T *factors = c.factors + first * c.of_unit, *from = c.from + r;
            for (ptrdiff_t k = c.n_others; k > 0; k--, factors += c.of_other, from += stride)
#pragma GCC unroll 8
                for (int v = 0; v < R; v++) {
                    const Lanes<T> other = load(from + v * L);
#pragma GCC unroll 8
                    for (int u = 0; u < U; u++)
                        sums[u * R + v] = fma(splat(factors[u * c.of_unit]), other, sums[u * R + v]);
                }
#pragma GCC unroll 8
            for (int k = 0; k < U * R; k++) use(sums[k], (first + k / R) * stride + r + k % R * L);
        }
        return r;
    }

    template <class F>
    INLINE void combine(const Combination& c, F use) const {
        ptrdiff_t first = 0;
        for (; first + GROUP <= c.n_units; first += GROUP) combine_tile<GROUP, 1>(c, first, 0, use);
        for (; first < c.n_units; first++)
            if (c.n_others < 4 * GROUP) combine_tile<1, 1>(c, first, 0, use);
            else combine_long(c, first, use);
    }

    // One unit that combines many others, several vectors at a time: not to wait for a single sum.
    template <class F>
    __attribute__((noinline)) void combine_long(const Combination& c, ptrdiff_t first, F use) const {
        combine_tile<1, 1>(c, first, combine_tile<1, GROUP>(c, first, 0, use), use);
    }

    void forward() {
        const T* before = x;
        for (int l = 0; l < network.n_layers; l++) {
            const Layer& layer = network.layers[l];
            const T *weights = parameters + layer.flat, *biases = weights + layer.n_in * layer.n_out;
            const Combination sums{layer.n_out, layer.n_in, weights, network.biases ? biases : nullptr, 1, layer.n_out, before};
            T *to_z = z[l], *to_a = a[l];  // a after z: they may be one
            if (layer.activation == ActivationName::softmax) {
                combine(sums, [=](Lanes<T> sum, ptrdiff_t place) { store(to_z + place, sum); });
                softmax();
            } else {
                with_activation(layer.activation, [&](auto activation) {
                    combine(sums, [=](Lanes<T> sum, ptrdiff_t place) {
                        store(to_z + place, sum);
                        store(to_a + place, activation.value(sum));
                    });
                });
            }
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

    // Add the chunk's gradient, layer by layer from the output; each layer's delta gives that of the one before.
    void backward(bool anew) {
        if (anew)
            for (ptrdiff_t k = 0; k < network.n_parameters; k += LANES<T>) store(gradient + k, Lanes<T>{});
        for (int l = network.n_layers - 1; l >= 0; l--) {
            add_gradient(l);
            if (l > 0) propagate(l);
        }
    }

    // The delta of the layer before: through the weights, times the derivative.
    void propagate(int l) {
        const Layer& layer = network.layers[l];
        const Combination sums{layer.n_in, layer.n_out, parameters + layer.flat, nullptr, layer.n_out, 1, delta[l]};
        const T *z_before = z[l - 1], *a_before = a[l - 1];
        T* to = delta[l - 1];
        with_activation(network.layers[l - 1].activation, [&](auto activation) {
            combine(sums, [=](Lanes<T> sum, ptrdiff_t place) {
                store(to + place, sum * activation.derivative(load(z_before + place), load(a_before + place)));
            });
        });
    }

    // Add Σ over rows of from[i] * d[j] to the gradient of I inputs and J units.
    template <int I, int J>
    INLINE void add_products(const T* from, const T* d, T* to, ptrdiff_t n_out) const {
        const ptrdiff_t stride = this->stride, length = this->length;
        Lanes<T> sums[I * J];
#pragma GCC unroll 8
        for (int k = 0; k < I * J; k++) sums[k] = Lanes<T>{};
        ptrdiff_t r = 0;
        do {
#pragma GCC unroll 8
            for (int i = 0; i < I; i++)
#pragma GCC unroll 8
                for (int j = 0; j < J; j++)
                    sums[i * J + j] = fma(load(from + i * stride + r), load(d + j * stride + r), sums[i * J + j]);
        } while ((r += LANES<T>) < length);
        constexpr int N = I * J < LANES<T> ? I * J : LANES<T>;
#pragma GCC unroll 8
        for (int k = 0; k < I * J; k += N) {
            const Lanes<T> found = sum_each<N>(sums + k);
            if (n_out == J) {  // the tile's weights are neighbours; what lies after them gets zeros added
                store(to + k, load(to + k) + found);
            } else {
                for (int m = k; m < k + N; m++) to[m / J * n_out + m % J] += found[m - k];
            }
        }
    }

    // The same for J units and every input.
    template <int J>
    INLINE void add_units(ptrdiff_t count, const T* from, const T* d, T* to, ptrdiff_t n_out) const {
        constexpr int I = J < GROUP ? GROUP : 2;
        ptrdiff_t i = 0;
        for (; i + I <= count; i += I) add_products<I, J>(from + i * stride, d, to + i * n_out, n_out);
        for (; i < count; i++) add_products<1, J>(from + i * stride, d, to + i * n_out, n_out);
    }

    // A weight's gradient is the sum of the products of its input and its delta; a bias has 1 for its input.
    void add_gradient(int l) {
        const Layer& layer = network.layers[l];
        const T *before = l == 0 ? x : a[l - 1], *d = delta[l];
        T* to = gradient + layer.flat;
        const ptrdiff_t n_out = layer.n_out, count = layer.n_in + network.biases;
        ptrdiff_t j = 0;
        for (; j + GROUP <= n_out; j += GROUP) add_units<GROUP>(count, before, d + j * stride, to + j, n_out);
        for (; j < n_out; j++) add_units<1>(count, before, d + j * stride, to + j, n_out);
    }

    // Divide the gradient by the weight, add the penalty's; return the penalty.
    double finish(Penalty penalty, T share, double& norm_square) {
        const T l1 = T(penalty.l1), l2 = T(penalty.l2);
        double sizes = 0, squares = 0;
        if (l1 > 0 || l2 > 0)
            for (int l = 0; l < network.n_layers; l++) {
                const Layer& layer = network.layers[l];
                for (ptrdiff_t k = layer.flat; k < layer.flat + layer.n_in * layer.n_out; k++) {
                    const T w = parameters[k];
                    sizes += std::fabs(double(w));
                    squares += double(w) * double(w);
                    gradient[k] += l2 * w + l1 * T((w > 0) - (w < 0));
                }
            }
        Lanes<T> norm{};
        for (ptrdiff_t k = 0; k < network.n_parameters; k += LANES<T>) {
            const Lanes<T> g = load(gradient + k) * splat(share);
            store(gradient + k, g);
            norm = fma(g, g, norm);
        }
        norm_square = double(sum(norm));
        return penalty.l1 * sizes + 0.5 * penalty.l2 * squares;
    }
};

}  // namespace
