// What a page sees: the verbs in float64, with places in the module's memory where module.cpp has Python's arrays.
//
// The page's kernel.js alone calls these, and gives every size that the description names. Arrays are doubles; whole numbers
// are doubles too, but the seed. One thread; a module that has trapped, such as for want of memory, must be made anew.
#include "random.hpp"
#include "schedules.hpp"
#include "threads.hpp"
#include "verbs.hpp"
#include "workspace.hpp"

extern const Level level_wasm;

#define EXPORT(name) extern "C" __attribute__((export_name(name)))

Team::Team(int) : n_threads(1), leased(false) {}
Team::~Team() {}
int Team::size() const { return n_threads; }
void Team::run(int, void (*task)(void*, int), void* context) { task(context, 0); }

// What throws ends the module; nothing waits for another thread. So nothing is imported.
extern "C" {
void* __cxa_allocate_exception(size_t) { __builtin_trap(); }
void __cxa_throw(void*, void*, void (*)(void*)) { __builtin_trap(); }
int __imported_wasi_snapshot_preview1_sched_yield() { return 0; }
}

namespace {

const Verbs<double>& verbs = level_wasm.float64;

// A network's description and the arrays that it points into.
struct Described {
    Workspace workspace;
    NetworkDescription network;
};

// Reads numbers one after the other.
struct Reader {
    const double* next;
    double operator()() { return *next++; }
    int64_t whole() { return int64_t(*next++); }
};

Data<double> data_of(const double* X, const double* Y, const double* sample_weight, int n) { return {X, Y, sample_weight, n}; }

ScheduleDescription schedule_of(Reader& read) {
    const ScheduleName name = ScheduleName(read.whole());
    const int64_t every = read.whole();
    const double factor = read(), warmup = read(), power = read();
    return {name, every, factor, warmup, power};
}

OptimizerDescription optimizer_of(Reader& read, const double* rates, int n_rates) {
    OptimizerDescription o{};
    o.name = OptimizerName(read.whole());
    o.learning_rate = read();
    o.momentum = read();
    o.nesterov = read() != 0;
    o.beta_1 = read();
    o.beta_2 = read();
    o.epsilon = read();
    o.weight_decay = read();
    o.schedule = schedule_of(read);
    o.rates = rates;
    o.one_rate = true;
    for (int k = 0; k < n_rates; k++) o.one_rate = o.one_rate && rates[k] == 1;
    return o;
}

}  // namespace

EXPORT("take") void* take(size_t bytes) {
    void* place = std::aligned_alloc(64, (bytes + 127) / 64 * 64);
    if (!place) __builtin_trap();
    return place;
}

EXPORT("give") void give(void* place) { std::free(place); }

// numbers: n_layers, the sizes, the activations, loss, its parameter, biases, n_periodic or -1 without an embedding, those
// inputs, n_frequencies, n_components. Names are their places in names.hpp.
EXPORT("describe") Described* describe(const double* numbers) {
    Reader read{numbers};
    Described* described = new (take(sizeof(Described))) Described{};
    NetworkDescription& network = described->network;
    network.n_layers = int(read.whole());
    int64_t* sizes = described->workspace.take<int64_t>(network.n_layers + 1);
    ActivationName* activations = described->workspace.take<ActivationName>(network.n_layers);
    for (int l = 0; l <= network.n_layers; l++) sizes[l] = read.whole();
    for (int l = 0; l < network.n_layers; l++) activations[l] = ActivationName(read.whole());
    network.layer_sizes = sizes;
    network.activations = activations;
    network.loss = LossName(read.whole());
    network.loss_parameter = read();
    network.biases = read() != 0;
    const ptrdiff_t n_periodic = ptrdiff_t(read.whole());
    int64_t* periodic = described->workspace.take<int64_t>(n_periodic < 0 ? 0 : n_periodic);
    for (ptrdiff_t i = 0; i < n_periodic; i++) periodic[i] = read.whole();
    const int64_t n_frequencies = read.whole(), n_components = read.whole();
    network.embedding = {n_periodic >= 0, periodic, n_periodic < 0 ? 0 : n_periodic, n_frequencies, n_components};
    return described;
}

EXPORT("forget") void forget(Described* described) {
    described->~Described();
    give(described);
}

EXPORT("predict") void predict(const Described* described, const double* parameters, int n_members, const double* X, int n, double* prediction) {
    verbs.predict(described->network, parameters, n_members, X, n, prediction, 1);
}

EXPORT("loss_and_gradient")
double loss_and_gradient(const Described* described, const double* parameters, const double* X, const double* Y, const double* sample_weight,
                         int n, double l1, double l2, double* gradient) {
    return verbs.loss_and_gradient(described->network, parameters, data_of(X, Y, sample_weight, n), {l1, l2}, gradient, 1);
}

EXPORT("input_gradient")
void input_gradient(const Described* described, const double* parameters, const double* X, int n, int output, double* gradient) {
    verbs.input_gradient(described->network, parameters, X, n, output, gradient);
}

// found: z of each layer, then a of each, then delta of each, (n, units), then the losses (n,).
EXPORT("trace") void trace(const Described* described, const double* parameters, const double* X, const double* Y, int n, double* found) {
    const int L = described->network.n_layers;
    Workspace workspace;
    double** first = workspace.take<double*>(3 * L);
    for (int k = 0; k < 3 * L; k++) {
        first[k] = found;
        found += n * described->network.layer_sizes[k % L + 1];
    }
    verbs.trace(described->network, parameters, data_of(X, Y, nullptr, n), {first, first + L, first + 2 * L, found});
}

// options: n_epochs, total_epochs, batch_size (0: all rows), l1, l2, dropout, then the optimizer (`optimizer_of`) and a rate
// for each group of parameters. state: steps, epochs, rate_factor, then of early stopping patience (negative: never),
// tolerance, best_loss, best_epoch, stalled; all but patience and tolerance are written into. curves: (4, n_epochs), loss,
// validation loss, gradient norm and rate. Without X of the validation its losses are not computed; with best null nothing
// is watched. Returns the epochs done, 2^20 times the ending added (see Ending).
EXPORT("train")
double train(const Described* described, const double* options, uint64_t seed, double* parameters, double* first, double* second, const double* X,
             const double* Y, const double* sample_weight, int n, const double* validation_X, const double* validation_Y,
             const double* validation_weight, int n_validation, double* best, double* state, double* curves) {
    Reader read{options};
    TrainOptions o{};
    o.n_epochs = read.whole();
    o.total_epochs = read();
    o.batch_size = read.whole();
    o.penalty.l1 = read();
    o.penalty.l2 = read();
    o.dropout = read();
    Job<double> job{};
    job.data = data_of(X, Y, sample_weight, n);
    job.parameters = parameters;
    constexpr int N_OPTIMIZER = 13;
    job.optimizer = optimizer_of(read, read.next + N_OPTIMIZER, 2 + 2 * described->network.n_layers);
    job.state = {int64_t(state[0]), int64_t(state[1]), state[2], first, second};
    job.seed = seed;
    if (best) {
        job.early_stopping.present = true;
        if (validation_X) job.early_stopping.validation = data_of(validation_X, validation_Y, validation_weight, n_validation);
        job.early_stopping.patience = int64_t(state[3]);
        job.early_stopping.tolerance = state[4];
        job.early_stopping.best_loss = state[5];
        job.early_stopping.best_epoch = int64_t(state[6]);
        job.early_stopping.stalled = int64_t(state[7]);
        job.early_stopping.best_parameters = best;
    }
    job.curves = {curves, curves + o.n_epochs, curves + 2 * o.n_epochs, curves + 3 * o.n_epochs, 0, Ending::epochs};
    verbs.train(described->network, o, &job, 1, 1, {});
    state[0] = double(job.state.steps);
    state[1] = double(job.state.epochs);
    state[2] = job.state.rate_factor;
    state[5] = job.early_stopping.best_loss;
    state[6] = double(job.early_stopping.best_epoch);
    state[7] = double(job.early_stopping.stalled);
    return double(job.curves.n_epochs) + double(1 << 20) * double(int(job.curves.ended));
}

// A schedule's rate as a share of the base rate; schedule: name, every, factor, warmup, power. See schedules.hpp.
EXPORT("share") double share_of(const double* schedule, double t, double epoch, double rows_seen) {
    Reader read{schedule};
    return share(schedule_of(read), t, int64_t(epoch), rows_seen);
}

// The rows 0 ... n - 1 in the order of an epoch, as training takes them, into (n,).
EXPORT("order") void order(uint64_t seed, double epoch, int n, double* rows) {
    Workspace workspace;
    Shuffle shuffle{};
    shuffle.bits_of_bucket = Shuffle::bits_for(n);
    shuffle.keys = workspace.take<uint64_t>(n);
    shuffle.sorted = workspace.take<uint64_t>(n);
    shuffle.begins = workspace.take<int64_t>((ptrdiff_t(1) << shuffle.bits_of_bucket) + 1);
    int64_t* found = workspace.take<int64_t>(n);
    permutation(seed, uint64_t(epoch), 0, 1, n, shuffle, found);
    for (int i = 0; i < n; i++) rows[i] = double(found[i]);
}

// 64 random bits at the positions (words..., 0), (words..., 1), ...: the hash of nn/random.py, into count words.
EXPORT("bits") void bits_at(uint64_t seed, const double* words, int n_words, int count, uint64_t* found) {
    uint64_t prefix = bits(seed);
    for (int k = 0; k < n_words; k++) prefix = fold(prefix, uint64_t(words[k]));
    for (int k = 0; k < count; k++) found[k] = fold(prefix, uint64_t(k));
}
