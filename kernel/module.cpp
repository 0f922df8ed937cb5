// What Python sees: the verbs with arrays in place of pointers. The only file that knows nanobind.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <new>
#include <thread>
#include <utility>

#include "threads.hpp"
#include "verbs.hpp"

namespace nb = nanobind;
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

// A network's description, taken from the Python object once and kept with it.
struct Described {
    std::vector<int64_t> layer_sizes;
    std::vector<ActivationName> activations;
    LossName loss;
    double loss_parameter;
    bool biases;
    bool has_front;
    std::vector<int64_t> periodic;
    int64_t n_frequencies, n_components;
    int64_t n_parameters = 0;

    NetworkDescription view() const {
        return {int(activations.size()), layer_sizes.data(), activations.data(), loss, loss_parameter, biases,
                {has_front, periodic.data(), int64_t(periodic.size()), n_frequencies, n_components}};
    }
};

void must_be(bool right, const char* message) {
    if (!right) throw nb::value_error(message);
}

template <class Name, size_t N>
Name named(const char* const (&names)[N], const std::string& name) {
    for (size_t i = 0; i < N; i++)
        if (name == names[i]) return Name(i);
    throw nb::value_error(("the kernel does not know " + name).c_str());
}

constexpr int64_t MOST_UNITS = 1 << 30;              // of a layer: places within a row are int32
constexpr double MOST_PARAMETERS = double(1LL << 48);  // so that no product of sizes overflows

Described describe(std::vector<int64_t> layer_sizes, const std::vector<std::string>& activations, const std::string& loss,
                   double loss_parameter, bool biases, std::optional<std::vector<int64_t>> periodic, int64_t n_frequencies,
                   int64_t n_components) {
    Described d{std::move(layer_sizes), {},           named<LossName>(LOSSES, loss),
                loss_parameter,         biases,       periodic.has_value(),
                periodic.value_or(std::vector<int64_t>{}), n_frequencies, n_components};
    for (const auto& name : activations) d.activations.push_back(named<ActivationName>(ACTIVATIONS, name));
    const auto within = [](int64_t value, int64_t least, int64_t most) { return value >= least && value <= most; };
    must_be(within(int64_t(activations.size()), 1, MOST_UNITS) && d.layer_sizes.size() == activations.size() + 1,
            "activations has not one name a layer after the input");
    for (int64_t size : d.layer_sizes) must_be(within(size, 1, MOST_UNITS), "layer_sizes has numbers that are not from 1 to 2^30");
    for (size_t l = 0; l + 1 < d.activations.size(); l++)
        must_be(d.activations[l] != ActivationName::softmax, "softmax is for the output only");
    const int64_t n_periodic = int64_t(d.periodic.size());
    must_be(within(n_components, 1, 4) && within(n_frequencies, 1, 1 << 20), "n_components is from 1 to 4, n_frequencies from 1 to 2^20");
    for (int64_t input : d.periodic) must_be(within(input, 0, d.layer_sizes[0] - 1), "periodic names an input that is not there");
    const NetworkDescription view = d.view();
    must_be(view.n_in(0) <= MOST_UNITS, "the front makes more than 2^30 features");
    if (d.has_front) d.n_parameters = n_periodic * ((2 + n_components) * n_frequencies + n_components) + view.n_in(0);
    for (int l = 0; l < view.n_layers; l++) {
        const int64_t of_layer = (view.n_in(l) + biases) * d.layer_sizes[size_t(l) + 1];
        must_be(double(d.n_parameters) + double(of_layer) <= MOST_PARAMETERS, "the network has more than 2^48 parameters");
        d.n_parameters += of_layer;
    }
    return d;
}

template <class T>
using Matrix = nb::ndarray<const T, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
template <class T>
using Vector = nb::ndarray<const T, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
template <class T>
using Written = nb::ndarray<T, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

template <class T>
nb::ndarray<nb::numpy, T> new_array(std::initializer_list<size_t> shape) {
    size_t count = 1;
    for (size_t size : shape)
        if (__builtin_mul_overflow(count, size, &count)) throw std::bad_alloc();
    T* values = new T[count ? count : 1];
    nb::capsule owner(values, [](void* p) noexcept { delete[] static_cast<T*>(p); });
    return nb::ndarray<nb::numpy, T>(values, shape.size(), shape.begin(), owner);
}

template <class A>
bool is_aligned(const A& array) {
    return reinterpret_cast<uintptr_t>(array.data()) % sizeof(typename A::Scalar) == 0;
}

// NumPy's arrays may begin anywhere within a buffer; the backend copies those that are refused here.
template <class... As>
void must_be_aligned(const As&... arrays) {
    if (!(is_aligned(arrays) && ...)) throw nb::type_error("an array does not begin at a multiple of its numbers' size");
}

template <class T>
void check(const Described& network, const Vector<T>& parameters, const Matrix<T>& X) {
    must_be_aligned(parameters, X);
    must_be(int64_t(parameters.shape(0)) == network.n_parameters, "the parameters are not as many as the network has");
    must_be(int64_t(X.shape(1)) == network.layer_sizes.front(), "X has not as many columns as the network has inputs");
}

template <class T>
Data<T> data_of(const Described& network, const Matrix<T>& X, const Matrix<T>& Y, const std::optional<Vector<T>>& weight) {
    must_be_aligned(X, Y);
    if (weight) must_be_aligned(*weight);
    must_be(int64_t(X.shape(1)) == network.layer_sizes.front(), "X has not as many columns as the network has inputs");
    must_be(int64_t(Y.shape(1)) == network.layer_sizes.back(), "Y has not as many columns as the network has outputs");
    must_be(X.shape(0) == Y.shape(0) && X.shape(0) > 0, "X and Y have not the same rows, or none");
    must_be(!weight || weight->shape(0) == X.shape(0), "sample_weight has not one number a row");
    return {X.data(), Y.data(), weight ? weight->data() : nullptr, int64_t(X.shape(0))};
}

template <class T>
using Members = nb::ndarray<const T, nb::c_contig, nb::device::cpu>;  // parameters of one network, or of several, a row each

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
    must_be(!network.has_front && network.activations.back() != ActivationName::softmax,
            "the jacobian is for networks without a front, and not for softmax");
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

// What an attribute of a Python object must be: said where it is something else.
template <class V>
constexpr const char* WANTED = "a text";
template <>
constexpr const char* WANTED<double> = "a number";
template <>
constexpr const char* WANTED<bool> = "True or False";
template <>
constexpr const char* WANTED<int64_t> = "a whole number of less than 2^62";

template <class V>
V attribute(nb::handle object, const char* name) {
    const nb::object held = object.attr(name);
    V value{};
    bool right = nb::try_cast<V>(held, value);
    if constexpr (std::is_same_v<V, int64_t>) right = right && value < int64_t(1) << 62 && value > -(int64_t(1) << 62);
    if (!right) throw nb::value_error((name + ("=" + std::string(nb::repr(held).c_str())) + " must be " + WANTED<V>).c_str());
    return value;
}

// The same for an array, as it is or, to be read only, converted.
template <class A>
A array(nb::handle object, const char* name, bool convert) {
    A value;
    if (!nb::try_cast<A>(object.attr(name), value, convert) || !is_aligned(value))
        throw nb::type_error((std::string(name) + " is not an array of the parameters' type and of the right dimensions" +
                              (convert ? "" : ", contiguous, that may be written into"))
                                 .c_str());
    return value;
}

OptimizerDescription optimizer_of(nb::handle o, const std::vector<double>& rates) {
    const nb::object s = o.attr("schedule");
    const auto number = attribute<double>;
    const auto text = attribute<std::string>;
    const ScheduleDescription schedule{named<ScheduleName>(SCHEDULES, text(s, "name")), attribute<int64_t>(s, "every"),
                                       number(s, "factor"), number(s, "warmup"), number(s, "power")};
    must_be(schedule.every > 0, "every must be at least 1");
    return {named<OptimizerName>(OPTIMIZERS, text(o, "name")),
            number(o, "learning_rate"),
            number(o, "momentum"),
            attribute<bool>(o, "nesterov"),
            number(o, "beta_1"),
            number(o, "beta_2"),
            number(o, "epsilon"),
            number(o, "weight_decay"),
            schedule,
            rates.data(),
            std::all_of(rates.begin(), rates.end(), [](double rate) { return rate == 1; })};
}

// The arrays of a job live as long as this.
template <class T>
struct PythonJob {
    nb::object state, watch;
    Written<T> parameters, first, second, best;
    std::optional<Matrix<T>> X, Y;
    std::optional<Vector<T>> weight;
    nb::ndarray<nb::numpy, double> loss, validation, norm, rate;
};

// Refuse arrays that are written into by more than one network, each perhaps on its own thread.
template <class T>
void must_be_apart(const std::vector<PythonJob<T>>& jobs) {
    std::vector<std::pair<const T*, const T*>> written;
    for (const PythonJob<T>& job : jobs)
        for (const Written<T>* array : {&job.parameters, &job.first, &job.second, &job.best})
            if (array->is_valid() && array->size() > 0) written.push_back({array->data(), array->data() + array->size()});
    std::sort(written.begin(), written.end());
    for (size_t k = 1; k < written.size(); k++)
        must_be(written[k - 1].second <= written[k].first, "parameters, states and watches must not share their arrays");
}

// X, Y and sample_weight: one array for all networks, or one for each.
template <class T>
nb::list train(const Described& network, std::vector<Written<T>> parameters, nb::list optimizers,
               std::vector<std::vector<double>> rates, nb::list states, std::vector<Matrix<T>> X, std::vector<Matrix<T>> Y,
               std::vector<std::optional<Vector<T>>> sample_weight, nb::list watches, std::vector<uint64_t> seeds,
               int64_t n_epochs, int64_t total_epochs, int64_t batch_size,
               std::optional<nb::ndarray<const int64_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>> order, double l1,
               double l2, double dropout, nb::object stop, int n_threads) {
    const size_t n_jobs = parameters.size();
    if (n_jobs == 0) return nb::list();
    must_be(optimizers.size() == n_jobs && rates.size() == n_jobs && states.size() == n_jobs && watches.size() == n_jobs &&
                seeds.size() == n_jobs,
            "optimizers, rates, states, watches and seeds are not one for each network");
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
    const size_t n_groups = 2 + 2 * network.activations.size();
    std::vector<PythonJob<T>> kept(n_jobs);
    std::vector<Job<T>> jobs(n_jobs);
    for (size_t k = 0; k < n_jobs; k++) {
        PythonJob<T>& own = kept[k];
        own.state = states[k];
        own.watch = watches[k];
        own.parameters = parameters[k];
        must_be_aligned(own.parameters);
        own.first = array<Written<T>>(own.state, "first", false);
        own.second = array<Written<T>>(own.state, "second", false);
        for (auto* curve : {&own.loss, &own.validation, &own.norm, &own.rate}) *curve = new_array<double>({size_t(n_epochs)});
        Job<T>& job = jobs[k];
        const size_t d = X.size() == 1 ? 0 : k;
        job.data = data_of(network, X[d], Y[d], sample_weight[d]);
        must_be(rates[k].size() == n_groups, "rates has not one number a group of parameters");
        job.optimizer = optimizer_of(optimizers[k], rates[k]);
        const size_t P = size_t(network.n_parameters);
        must_be(own.parameters.shape(0) == P && own.first.shape(0) == P &&
                    (own.second.shape(0) == P || job.optimizer.name == OptimizerName::sgd),
                "the parameters or the optimizer's state are not as many as the network has");
        job.parameters = own.parameters.data();
        job.state = {attribute<int64_t>(own.state, "steps"), attribute<int64_t>(own.state, "epochs"),
                     attribute<double>(own.state, "rate_factor"), own.first.data(), own.second.data()};
        must_be(job.state.steps >= 0 && job.state.epochs >= 0, "steps and epochs of a state must not be negative");
        job.seed = seeds[k];
        job.watch.present = !own.watch.is_none();
        if (job.watch.present) {
            if (!own.watch.attr("X").is_none()) {
                own.X = array<Matrix<T>>(own.watch, "X", true);
                own.Y = array<Matrix<T>>(own.watch, "Y", true);
                if (!own.watch.attr("sample_weight").is_none())
                    own.weight = array<Vector<T>>(own.watch, "sample_weight", true);
                job.watch.validation = data_of(network, *own.X, *own.Y, own.weight);
            }
            own.best = array<Written<T>>(own.watch, "best_parameters", false);
            must_be(own.best.shape(0) == P, "best_parameters are not as many as the network has");
            job.watch.patience = own.watch.attr("patience").is_none() ? -1 : attribute<int64_t>(own.watch, "patience");
            job.watch.tolerance = attribute<double>(own.watch, "tolerance");
            job.watch.best_loss = attribute<double>(own.watch, "best_loss");
            job.watch.best_epoch = attribute<int64_t>(own.watch, "best_epoch");
            job.watch.stalled = attribute<int64_t>(own.watch, "stalled");
            job.watch.best_parameters = own.best.data();
        }
        job.curves = {own.loss.data(), own.validation.data(), own.norm.data(), own.rate.data(), 0, Ending::epochs};
    }
    must_be_apart(kept);
    const TrainOptions options{n_epochs, total_epochs, batch_size, 0, order ? order->data() : nullptr, {l1, l2}, dropout};
    Asking asking(stop);
    {
        nb::gil_scoped_release released;
        const FlushSubnormals flush;
        verbs<T>().train(network.view(), options, jobs.data(), int64_t(n_jobs), n_threads, asking.view());
    }
    if (PyErr_Occurred()) throw nb::python_error();  // nothing of Python may be called while one is pending
    constexpr const char* endings[] = {"", "stalled", "stopped", "diverged"};
    nb::list results;
    for (size_t k = 0; k < n_jobs; k++) {
        PythonJob<T>& own = kept[k];
        const Job<T>& job = jobs[k];
        own.state.attr("steps") = job.state.steps;
        own.state.attr("epochs") = job.state.epochs;
        own.state.attr("rate_factor") = job.state.rate_factor;
        if (job.watch.present) {
            own.watch.attr("best_loss") = job.watch.best_loss;
            own.watch.attr("best_epoch") = job.watch.best_epoch;
            own.watch.attr("stalled") = job.watch.stalled;
        }
        results.append(nb::make_tuple(own.loss, own.validation, own.norm, own.rate, job.curves.n_epochs,
                                      endings[int(job.curves.ended)]));
    }
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
          "rates"_a, "states"_a, "X"_a, "Y"_a, "sample_weight"_a, "watches"_a, "seeds"_a, "n_epochs"_a,
          "total_epochs"_a, "batch_size"_a, "order"_a.none(), "l1"_a, "l2"_a, "dropout"_a, "stop"_a.none(), "n_threads"_a);
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
