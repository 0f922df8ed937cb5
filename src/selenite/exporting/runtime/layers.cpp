// What takes the time in an export to JavaScript, the sums of a layer: z += a weights. Built by .ci/wasm.

namespace {

constexpr int BLOCK = 8;  // vectors of units whose sums stay in registers

// Adds to so many vectors of units, z, the inputs at `active` times their weights; a row of weights is n_out further.
template <int VECTORS, typename Vector, typename Real>
void add(const Real* a, const int* active, int n_active, const Real* weights, int n_out, Real* z)
{
    constexpr int lanes = sizeof(Vector) / sizeof(Real);
    Vector sums[VECTORS];
    for (int v = 0; v < VECTORS; v++) sums[v] = *(const Vector*)(z + v * lanes);
    for (int k = 0; k < n_active; k++) {
        const Real* row = weights + active[k] * n_out;
        for (int v = 0; v < VECTORS; v++) sums[v] += a[active[k]] * *(const Vector*)(row + v * lanes);
    }
    for (int v = 0; v < VECTORS; v++) *(Vector*)(z + v * lanes) = sums[v];
}

// z (n_out,) += a (n_in,) weights (n_in, n_out); the places of the inputs that are not 0 are kept in `active` (n_in,).
template <typename Real>
void add_all(const Real* a, int n_in, const Real* weights, int n_out, Real* z, int* active)
{
    typedef Real Vector __attribute__((vector_size(16), aligned(sizeof(Real))));
    constexpr int lanes = sizeof(Vector) / sizeof(Real);
    int n_active = 0, j = 0;
    for (int i = 0; i < n_in; i++) {
        active[n_active] = i;
        n_active += a[i] != 0;
    }
    for (; j + BLOCK * lanes <= n_out; j += BLOCK * lanes) add<BLOCK, Vector>(a, active, n_active, weights + j, n_out, z + j);
    for (; j + lanes <= n_out; j += lanes) add<1, Vector>(a, active, n_active, weights + j, n_out, z + j);
    for (; j < n_out; j++) add<1, Real>(a, active, n_active, weights + j, n_out, z + j);
}

}  // namespace

#define EXPORT(name) extern "C" __attribute__((export_name(#name)))

EXPORT(add_floats) void add_floats(const float* a, int n_in, const float* weights, int n_out, float* z, int* active)
{
    add_all(a, n_in, weights, n_out, z, active);
}

EXPORT(add_doubles) void add_doubles(const double* a, int n_in, const double* weights, int n_out, double* z, int* active)
{
    add_all(a, n_in, weights, n_out, z, active);
}
