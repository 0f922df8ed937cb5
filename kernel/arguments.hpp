// What Python hands over, checked and turned into the structures of verbs.hpp.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/array.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <new>
#include <utility>

#include "verbs.hpp"

namespace nb = nanobind;

namespace {

// A network's description, taken from the Python object once and kept with it.
struct Described {
    std::vector<int64_t> layer_sizes;
    std::vector<ActivationName> activations;
    LossName loss;
    double loss_parameter;
    bool biases;
    bool has_embedding;
    std::vector<int64_t> periodic;
    int64_t n_frequencies, n_components;
    int64_t n_parameters = 0;

    NetworkDescription view() const {
        return {int(activations.size()), layer_sizes.data(), activations.data(), loss, loss_parameter, biases,
                {has_embedding, periodic.data(), int64_t(periodic.size()), n_frequencies, n_components}};
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
    must_be(view.n_in(0) <= MOST_UNITS, "the embedding makes more than 2^30 features");
    if (d.has_embedding) d.n_parameters = n_periodic * ((2 + n_components) * n_frequencies + n_components) + view.n_in(0);
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
    const nb::object held = object.attr(name);  // which may raise; try_cast may not
    A value;
    if (!nb::try_cast<A>(held, value, convert) || !is_aligned(value))
        throw nb::type_error((std::string(name) + " is not an array of the parameters' type and of the right dimensions" +
                              (convert ? "" : ", contiguous, that may be written into"))
                                 .c_str());
    return value;
}

}  // namespace
