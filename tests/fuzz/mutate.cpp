// Runs a fuzz target over mutations of its seeds: fuzz_NAME [--inputs N] [--first I] [--seed S]
// [--save FILE] [--write-seeds FOLDER]. Input I of seed S is always the same, so the one that ended
// the program can be run again, or saved, by its number. The target runs in a process of its own,
// so that its end is seen whatever ended it; not in a fork, which has none of the threads that
// libraries began before main() and would wait for them in the end.
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <random>

#include "tests/fuzz/fuzz_target.h"

using namespace understudy::tests;

namespace {

constexpr size_t kLongest = 1u << 20;
constexpr long kMostKilobytes = 3L << 20;  // sanitizers need some themselves

struct Options {
    uint64_t inputs = 300;
    uint64_t first = 0;
    uint64_t seed = 1;
    std::string save;
    std::string seedFolder;
    int progress = -1;  // in the child: the file that both map
};

// Shared with the child.
struct Progress {
    uint64_t input = 0;
    uint64_t accepted = 0;
};

class Mutator {
  public:
    Mutator(const std::vector<std::string>& seeds, uint64_t number, uint64_t seed)
        : seeds_(seeds), random_(seed * 1'000'003 + number) {}

    std::string make() {
        std::string bytes = seeds_[below(seeds_.size())];
        const size_t changes = below(8) == 0 ? 0 : 1 + below(6);
        for (size_t i = 0; i < changes; ++i) {
            change(bytes);
        }
        bytes.resize(std::min(bytes.size(), kLongest));
        return bytes;
    }

  private:
    size_t below(size_t limit) { return limit == 0 ? 0 : random_() % limit; }
    // Beginnings hold what steers a reader.
    size_t place(const std::string& bytes) {
        return below(2) == 0 ? below(std::min<size_t>(bytes.size(), 128)) : below(bytes.size());
    }

    void change(std::string& bytes) {
        if (bytes.empty()) {
            bytes = static_cast<char>(random_());
        }
        const size_t at = place(bytes);
        switch (below(8)) {
            case 0:  // a bit
                bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
                return;
            case 1:  // a byte
                bytes[at] = static_cast<char>(random_());
                return;
            case 2:  // cut short
                bytes.resize(at);
                return;
            case 3:  // a number at the edge of what it can be
                writeEdge(bytes, at);
                return;
            case 4: {  // a block twice, or often
                const std::string block = bytes.substr(at, 1 + below(64));
                for (size_t n = below(4) == 0 ? 200 : 1; n > 0 && bytes.size() < kLongest; --n) {
                    bytes.insert(at, block);
                }
                return;
            }
            case 5:  // a block less
                bytes.erase(at, 1 + below(64));
                return;
            case 6: {  // this beginning, another's end
                const std::string& other = seeds_[below(seeds_.size())];
                bytes = bytes.substr(0, at) + other.substr(below(other.size() + 1));
                return;
            }
            default: {  // a block of another place
                const std::string block = bytes.substr(below(bytes.size()), 1 + below(32));
                bytes.replace(at, std::min(block.size(), bytes.size() - at), block);
            }
        }
    }

    void writeEdge(std::string& bytes, size_t at) {
        constexpr uint64_t kEdges[] = {0,          1,          0x7f,       0xff,
                                       0x7fff,     0xffff,     0x7fffffff, 0x80000000,
                                       0xffffffff, 1ULL << 40, 1ULL << 63, ~0ULL};
        const uint64_t edge = kEdges[below(std::size(kEdges))];
        const size_t size = size_t{1} << below(4);
        std::memcpy(bytes.data() + at, &edge, std::min(size, bytes.size() - at));
    }

    const std::vector<std::string>& seeds_;
    std::mt19937_64 random_;
};

bool parse(int argc, char** argv, Options& options) {
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string name = argv[i];
        const std::string value = argv[i + 1];
        if (name == "--save") {
            options.save = value;
        } else if (name == "--write-seeds") {
            options.seedFolder = value;
        } else if (name == "--progress") {
            options.progress = std::atoi(value.c_str());
        } else if (name == "--inputs" || name == "--first" || name == "--seed") {
            (name == "--inputs"  ? options.inputs
             : name == "--first" ? options.first
                                 : options.seed) = std::strtoull(value.c_str(), nullptr, 10);
        } else {
            return false;
        }
    }
    return argc % 2 == 1;
}

void write(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

Progress* mapped(int file) {
    void* shared = ::mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    return shared == MAP_FAILED ? nullptr : static_cast<Progress*>(shared);
}

void runTarget(const Options& options, const std::vector<std::string>& seeds, Progress& progress) {
    for (uint64_t i = 0; i < options.inputs; ++i) {
        progress.input = options.first + i;
        const std::string input = Mutator(seeds, progress.input, options.seed).make();
        LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
        progress.accepted = acceptedInputs;
    }
}

// This program again, with the same options; its status, as waitpid() gives it.
int runInChild(int argc, char** argv, int progress) {
    std::string file = std::to_string(progress), option = "--progress";
    std::vector<char*> arguments(argv, argv + argc);
    arguments.insert(arguments.end(), {option.data(), file.data(), nullptr});
    pid_t child = 0;
    int status = 0;
    if (::posix_spawn(&child, "/proc/self/exe", nullptr, nullptr, arguments.data(), environ) != 0 ||
        ::waitpid(child, &status, 0) != child) {
        std::perror("fuzz");
        return -1;
    }
    return status;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    if (!parse(argc, argv, options)) {
        std::fprintf(stderr,
                     "options: --inputs N --first I --seed S --save FILE --write-seeds FOLDER\n");
        return 64;
    }
    std::vector<std::string> seeds;
    if (fuzzSeeds != nullptr) {
        seeds = fuzzSeeds();
    }
    for (size_t i = 0; i < seeds.size() && !options.seedFolder.empty(); ++i) {
        write(options.seedFolder + "/seed-" + std::to_string(i), seeds[i]);
    }
    const bool hasSeeds = !seeds.empty();
    seeds.resize(std::max<size_t>(seeds.size(), 1));
    if (!options.save.empty()) {
        write(options.save, Mutator(seeds, options.first, options.seed).make());
    }
    if (options.progress >= 0) {
        runTarget(options, seeds, *mapped(options.progress));
        return 0;
    }
    const int file = ::memfd_create("progress", 0);
    Progress* shared =
        file >= 0 && ::ftruncate(file, sizeof(Progress)) == 0 ? mapped(file) : nullptr;
    if (shared == nullptr) {
        std::perror("fuzz");
        return 1;
    }
    const Progress& progress = *shared;
    const auto start = std::chrono::steady_clock::now();
    const int status = runInChild(argc, argv, file);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    rusage used{};
    ::getrusage(RUSAGE_CHILDREN, &used);
    std::printf("%llu inputs, %llu of them taken, %.1f s, at most %ld MiB\n",
                static_cast<unsigned long long>(options.inputs),
                static_cast<unsigned long long>(progress.accepted), took.count(),
                used.ru_maxrss / 1024);
    if (status != 0) {
        std::printf(
            "input %llu of seed %llu ended the program: --first %llu --inputs 1 repeats it\n",
            static_cast<unsigned long long>(progress.input),
            static_cast<unsigned long long>(options.seed),
            static_cast<unsigned long long>(progress.input));
        return 1;
    }
    if (used.ru_maxrss > kMostKilobytes) {
        std::printf("an input cost too much memory\n");
        return 1;
    }
    const bool tested = !hasSeeds || options.inputs < 100 ||
                        (progress.accepted > 0 && progress.accepted < options.inputs);
    if (!tested) {
        std::printf("all inputs were refused, or none: this tests nothing\n");
    }
    return tested ? 0 : 1;
}
