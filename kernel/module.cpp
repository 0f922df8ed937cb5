// What Python sees: the verbs with arrays in place of pointers.
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "jobs.hpp"
#include "threads.hpp"

using nb::literals::operator""_a;

#if defined(__x86_64__)
extern const Level level_v2, level_v3, level_v4;
#else
extern const Level level_neon;
#endif

namespace {

// The instruction sets that this machine has, the best first.
std::vector<const Level*> available_levels() {
    std::vector<const Level*> levels;
#if defined(__x86_64__)
    __builtin_cpu_init();
    const bool v2 = __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt");
    const bool v3 = v2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                    __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
    const bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                    __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                    __builtin_cpu_supports("avx512vl");
    if (v4) levels.push_back(&level_v4);
    if (v3) levels.push_back(&level_v3);
    if (v2) levels.push_back(&level_v2);
#else
    levels.push_back(&level_neon);
#endif
    return levels;
}

// The best, or the one that SELENITE_LEVEL names.
const Level& chosen_level() {
    static const Level* chosen = [] {
        const auto levels = available_levels();
        const char* wanted = std::getenv("SELENITE_LEVEL");
        std::string there;
        for (const Level* level : levels) {
            if (!wanted || !*wanted || std::string(wanted) == level->name) return level;
            there += std::string(there.empty() ? "" : ", ") + level->name;
        }
        throw nb::import_error(("SELENITE_LEVEL=" + std::string(wanted ? wanted : "") +
                                " is not to be had here; this machine has " + (there.empty() ? "none" : there))
                                   .c_str());
    }();
    return *chosen;
}

template <class T>
const Verbs<T>& verbs() {
    if constexpr (sizeof(T) == 4) return chosen_level().float32;
    else return chosen_level().float64;
}

template <class T>
auto predict(const Described& network, Members<T> parameters, Matrix<T> X, int n_threads) {
    const size_t ndim = parameters.ndim(), n_members = ndim == 2 ? parameters.shape(0) : 1;
    must_be((ndim == 1 || ndim == 2) && n_members > 0 && int64_t(parameters.shape(ndim - 1)) == network.n_parameters,
            "the parameters are not as many as the network has");
    must_be_aligned(parameters, X);
    must_be(int64_t(X.shape(1)) == network.layer_sizes.front(), "X has not as many columns as the network has inputs");
    auto prediction = new_array<T>({X.shape(0), size_t(network.layer_sizes.back())});
    const auto work = [&] {
        const FlushSubnormals flush;
        verbs<T>().predict(network.view(), parameters.data(), int64_t(n_members), X.data(), int64_t(X.shape(0)), prediction.data(),
                           n_threads);
    };
    if (X.shape(0) < 8) work();  // sooner done than the interpreter's lock is given back
    else {
        nb::gil_scoped_release released;
        work();
    }
    return prediction;
}

template <class T>
auto loss_and_gradient(const Described& network, Vector<T> parameters, Matrix<T> X, Matrix<T> Y,
                       std::optional<Vector<T>> sample_weight, double l1, double l2, int n_threads) {
    check(network, parameters, X);
    const Data<T> data = data_of(network, X, Y, sample_weight);
    auto gradient = new_array<T>({parameters.shape(0)});
    double loss;
    {
        nb::gil_scoped_release released;
        const FlushSubnormals flush;
        loss = verbs<T>().loss_and_gradient(network.view(), parameters.data(), data, {l1, l2}, gradient.data(), n_threads);
    }
    return nb::make_tuple(loss, gradient);
}

template <class T>
auto input_gradient(const Described& network, Vector<T> parameters, Matrix<T> X, int64_t output) {
    check(network, parameters, X);
    must_be(output >= 0 && output < network.layer_sizes.back(), "the network has no such output");
    auto gradient = new_array<T>({X.shape(0), X.shape(1)});
    nb::gil_scoped_release released;
    const FlushSubnormals flush;
    verbs<T>().input_gradient(network.view(), parameters.data(), X.data(), int64_t(X.shape(0)), output, gradient.data());
    return gradient;
}

template <class T>
auto jacobian(const Described& network, Vector<T> parameters, Matrix<T> X) {
    check(network, parameters, X);
    must_be(!network.has_embedding && network.activations.back() != ActivationName::softmax,
            "the jacobian is for networks without an embedding, and not for softmax");
    auto jacobian = new_array<T>({X.shape(0), size_t(network.layer_sizes.back()), parameters.shape(0)});
    nb::gil_scoped_release released;
    const FlushSubnormals flush;
    verbs<T>().jacobian(network.view(), parameters.data(), X.data(), int64_t(X.shape(0)), jacobian.data());
    return jacobian;
}

template <class T>
nb::tuple trace(const Described& network, Vector<T> parameters, Matrix<T> X, Matrix<T> Y) {
    check(network, parameters, X);
    const Data<T> data = data_of<T>(network, X, Y, std::nullopt);
    nb::list z, a, delta;
    std::vector<T*> z_places, a_places, delta_places;
    for (size_t l = 1; l < network.layer_sizes.size(); l++)
        for (auto [list, places] : {std::pair{&z, &z_places}, {&a, &a_places}, {&delta, &delta_places}}) {
            auto array = new_array<T>({X.shape(0), size_t(network.layer_sizes[l])});
            places->push_back(array.data());
            list->append(array);
        }
    auto losses = new_array<T>({X.shape(0)});
    const FlushSubnormals flush;
    verbs<T>().trace(network.view(), parameters.data(), data, {z_places.data(), a_places.data(), delta_places.data(), losses.data()});
    return nb::make_tuple(z, a, delta, losses);
}

// Asks Python now and then, from the thread that called, whether to stop; the others hear of it.
class Asking {
    static constexpr auto PAUSE = std::chrono::milliseconds(50);
    nb::object stop;
    const std::thread::id caller = std::this_thread::get_id();
    std::chrono::steady_clock::time_point next{};  // the first time at once
    std::atomic<bool> raised{false};

   public:
    explicit Asking(nb::object stop) : stop(std::move(stop)) {}

    Stop view() { return {[](void* self) { return static_cast<Asking*>(self)->ask(); }, this}; }

    bool ask() {
        if (std::this_thread::get_id() != caller || raised) return raised;
        const auto now = std::chrono::steady_clock::now();
        if (now < next) return false;
        nb::gil_scoped_acquire held;
        if (PyErr_CheckSignals() != 0) raised = true;  // an exception of a signal handler: seen after the return
        else if (!stop.is_none()) {
            const nb::object answer = nb::steal(PyObject_CallNoArgs(stop.ptr()));
            raised = !answer.is_valid() || PyObject_IsTrue(answer.ptr()) != 0;
        }
        next = std::chrono::steady_clock::now() + PAUSE;
        return raised;
    }
};

// Lets Python trade the sums of shards with who computes the others.
class Trading {
    nb::object trade;

   public:
    explicit Trading(nb::object trade) : trade(std::move(trade)) {}

    Shards shards(int64_t n, int64_t first, int64_t count) {
        if (trade.is_none()) return {n, first, count};
        return {n, first, count, [](void* self, int level, const void* mine, void* theirs, size_t n_bytes) {
                    return static_cast<Trading*>(self)->ask(level, mine, theirs, n_bytes);
                }, this};
    }

   private:
    bool ask(int level, const void* mine, void* theirs, size_t n_bytes) {
        nb::gil_scoped_acquire held;
        try {
            trade(level, nb::ndarray<nb::numpy, const uint8_t>(mine, {n_bytes}, nb::none()),
                  nb::ndarray<nb::numpy, uint8_t>(theirs, {n_bytes}, nb::none()));
            return true;
        } catch (nb::python_error& error) {  // seen after the return
            error.restore();
            return false;
        }
    }
};

// The shards that are computed here, refused where they are not a part of a tree.
void check(const Shards& shards, size_t n_jobs) {
    const auto power = [](int64_t n) { return n > 0 && (n & (n - 1)) == 0; };
    must_be(power(shards.n) && shards.n <= MOST_SHARDS && power(shards.count) && shards.count <= shards.n && shards.first >= 0 &&
                shards.first % shards.count == 0 && shards.first + shards.count <= shards.n,
            "shards, and those computed here, must be powers of two, and the first a multiple of how many are computed here");
    must_be(!shards.trade || n_jobs == 1, "with shards computed elsewhere networks are trained one after the other");
    must_be(shards.trade || shards.count == shards.n, "shards are computed elsewhere, and there is no trade");
}

// X, Y and sample_weight: one array for all networks, or one for each.
template <class T>
nb::list train(const Described& network, std::vector<Written<T>> parameters, nb::list optimizers,
               std::vector<std::vector<double>> rates, nb::list states, std::vector<Matrix<T>> X, std::vector<Matrix<T>> Y,
               std::vector<std::optional<Vector<T>>> sample_weight, nb::list early_stoppings, std::vector<uint64_t> seeds,
               int64_t n_epochs, double total_epochs, int64_t batch_size,
               std::optional<nb::ndarray<const int64_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>> order, double l1,
               double l2, double dropout, nb::object stop, int n_threads, std::array<int64_t, 3> shards, nb::object trade) {
    const size_t n_jobs = parameters.size();
    if (n_jobs == 0) return nb::list();
    must_be(optimizers.size() == n_jobs && rates.size() == n_jobs && states.size() == n_jobs && early_stoppings.size() == n_jobs &&
                seeds.size() == n_jobs,
            "optimizers, rates, states, early_stoppings and seeds are not one for each network");
    must_be((X.size() == 1 || X.size() == n_jobs) && Y.size() == X.size() && sample_weight.size() == X.size(),
            "X, Y and sample_weight are neither for all networks nor for each");
    must_be(n_epochs >= 0 && total_epochs >= 0 && batch_size >= 0, "n_epochs, total_epochs and batch_size must not be negative");
    must_be(dropout >= 0 && dropout < 1, "dropout must lie in [0, 1)");
    must_be(!order || (X.size() == 1 && int64_t(order->shape(0)) >= n_epochs && order->shape(1) == X[0].shape(0)),
            "order needs a row for each epoch and a column for each row of X");
    if (order) {
        must_be_aligned(*order);
        for (size_t k = 0; k < order->size(); k++)
            must_be(order->data()[k] >= 0 && order->data()[k] < int64_t(X[0].shape(0)), "order names a row that X does not have");
    }
    std::vector<PythonJob<T>> kept(n_jobs);
    std::vector<Job<T>> jobs(n_jobs);
    for (size_t k = 0; k < n_jobs; k++) {
        kept[k].state = states[k];
        kept[k].early_stopping = early_stoppings[k];
        kept[k].parameters = parameters[k];
        const size_t d = X.size() == 1 ? 0 : k;
        const Data<T> data = data_of(network, X[d], Y[d], sample_weight[d]);
        jobs[k] = job_of(network, kept[k], data, optimizers[k], rates[k], seeds[k], n_epochs);
    }
    must_be_apart(kept);
    Trading trading(trade);
    const TrainOptions options{n_epochs, total_epochs, batch_size, 0, order ? order->data() : nullptr, {l1, l2}, dropout,
                               trading.shards(shards[0], shards[1], shards[2])};
    check(options.shards, n_jobs);
    Asking asking(stop);
    {
        nb::gil_scoped_release released;
        const FlushSubnormals flush;
        verbs<T>().train(network.view(), options, jobs.data(), int64_t(n_jobs), n_threads, asking.view());
    }
    if (PyErr_Occurred()) throw nb::python_error();  // nothing of Python may be called while one is pending
    nb::list results;
    for (size_t k = 0; k < n_jobs; k++) results.append(write_back(kept[k], jobs[k]));
    return results;
}

template <class T>
void bind(nb::module_& m) {
    m.def("predict", predict<T>, "network"_a, "parameters"_a.noconvert(), "X"_a.noconvert(), "n_threads"_a);
    m.def("loss_and_gradient", loss_and_gradient<T>, "network"_a, "parameters"_a.noconvert(), "X"_a.noconvert(),
          "Y"_a.noconvert(), "sample_weight"_a.none(), "l1"_a, "l2"_a, "n_threads"_a);
    m.def("input_gradient", input_gradient<T>, "network"_a, "parameters"_a.noconvert(), "X"_a.noconvert(), "output"_a);
    m.def("jacobian", jacobian<T>, "network"_a, "parameters"_a.noconvert(), "X"_a.noconvert());
    m.def("trace", trace<T>, "network"_a, "parameters"_a.noconvert(), "X"_a.noconvert(), "Y"_a.noconvert());
    m.def(sizeof(T) == 4 ? "train_float32" : "train_float64", train<T>, "network"_a, "parameters"_a.noconvert(), "optimizers"_a,
          "rates"_a, "states"_a, "X"_a, "Y"_a, "sample_weight"_a, "early_stoppings"_a, "seeds"_a, "n_epochs"_a,
          "total_epochs"_a, "batch_size"_a, "order"_a.none(), "l1"_a, "l2"_a, "dropout"_a, "stop"_a.none(), "n_threads"_a,
          "shards"_a = std::array<int64_t, 3>{1, 0, 1}, "trade"_a = nb::none());
}

template <size_t N>
nb::tuple tuple_of(const char* const (&names)[N]) {
    nb::list list;
    for (const char* name : names) list.append(name);
    return nb::tuple(list);
}

}  // namespace

NB_MODULE(_kernel, m) {
    nb::set_leak_warnings(false);
    nb::list levels;
    for (const Level* level : available_levels()) levels.append(level->name);
    m.attr("LEVELS") = nb::tuple(levels);
    m.attr("LEVEL") = chosen_level().name;
    m.attr("ACTIVATIONS") = tuple_of(ACTIVATIONS);
    m.attr("LOSSES") = tuple_of(LOSSES);
    m.attr("OPTIMIZERS") = tuple_of(OPTIMIZERS);
    m.attr("SCHEDULES") = tuple_of(SCHEDULES);
    nb::class_<Described>(m, "Described").def_ro("n_parameters", &Described::n_parameters);
    m.def("describe", describe, "layer_sizes"_a, "activations"_a, "loss"_a, "loss_parameter"_a, "biases"_a,
          "periodic"_a.none(), "n_frequencies"_a, "n_components"_a);
    bind<float>(m);
    bind<double>(m);
}
