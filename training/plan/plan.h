// The whole input of a training run: plan.json. Keys are those of the JSON file and of --set.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "media/base/result.h"

namespace understudy::training {

struct LossWeights {
    double dssim = 10;     // loss.dssim: structure; (1 - SSIM) / 2, two windows from 256 px up
    double mse = 10;       // loss.mse: colour
    double mask = 10;      // loss.mask: learned mask
    double eyesMouth = 0;  // loss.eyesMouth: priority of eyes and mouth, 0 to 300
    bool masked = true;    // loss.masked: only the face counts, not the background
    // loss.dssimScales: 1 compares at full size; 2 to 5 are the scales of MS-SSIM, as many as the
    // resolution has room for
    int dssimScales = 1;
    double faceStyle = 0;        // loss.faceStyle: the swap takes the tones of the plate, 0 to 100
    double backgroundStyle = 0;  // loss.backgroundStyle: and its surroundings, 0 to 100

    bool operator==(const LossWeights&) const = default;
};

// A discriminator that learns to tell the network's source faces from real ones.
struct Gan {
    double power = 0;  // gan.power: weight of what it says; 0 turns it off
    int patch = 0;     // gan.patch: pixels it judges by; 0 is an eighth of the resolution
    int dims = 16;     // gan.dims: its width

    bool operator==(const Gan&) const = default;
};

struct Augmentation {
    double rotation = 10;          // augment.rotation: degrees, either way
    double scale = 0.15;           // augment.scale: up to this factor larger or smaller
    double shift = 0.05;           // augment.shift: fraction of the width
    double flipSource = 0;         // augment.flipSource: probability
    double flipDestination = 0.4;  // augment.flipDestination
    double warp = 1;               // augment.warp: strength of the elastic warp of the input
    double warpFadeFrom =
        0.6;  // augment.warpFadeFrom: fraction of the steps from which the warp fades to 0
    // augment.color: jitter of the input: exposure, gamma, white balance, hue and saturation.
    double color = 0.1;
    double shade = 0;  // augment.shade: deviation of the light and shade over the input
    // augment.colorTransfer: none | tones | lot | mix: how source faces take over the destination's
    // colours at times. Earlier plans say true (tones) or false (none).
    std::string colorTransfer = "tones";
    double blur = 0;           // augment.blur: how often the input is blurred
    double noise = 0;          // augment.noise: how often it gets grain
    double jpeg = 0;           // augment.jpeg: how often it is compressed
    bool uniformYaw = false;   // augment.uniformYaw: every turn of the head equally often
    bool blurOutMask = false;  // augment.blurOutMask: targets are smooth outside the face
};

struct Plan {
    std::string source;       // performer whose face appears
    std::string destination;  // performer whose plates it is put on
    // Further performers that are learned beside them, with commas between: for a base model, or to
    // swap any of them onto any other.
    std::string others;
    // How often a step draws each face from what another performer does at the same moment, 0 to 1:
    // for facesets whose n-th clips show the same performance, as `performers --take` renders them.
    double paired = 0;
    std::string model = "df";     // df | liae
    std::string switches = "ud";  // any of u, d, t
    int resolution = 128;         // 64 and up; divisible by 16, with d or t by 32
    int batch = 8;                // global: faces of each side a step, over all ranks
    // What takes less memory and gives the same result. Parts that each rank computes its share of
    // the batch in, one after the other; must divide it.
    int accumulate = 1;
    bool recompute = false;  // the layers' results are computed again in backward, not kept
    int encoderDims = 64;
    int decoderDims = 64;
    int maskDims = 22;
    int bottleneck = 256;
    std::string faceType = "whole_face";
    // How far beyond the outline of the landmarks the face is learned and covered, as a fraction of
    // the crop's width.
    double maskGrow = 0.05;
    std::string encoding = "srgb";  // colour encoding of the faces
    double learningRate = 5e-5;
    std::string optimizer = "adam";  // adam | adamw | adabelief
    double weightDecay = 0.01;       // of adamw
    double lrDropout = 1;            // probability that a weight is updated in a step; 1: all are
    double emaDecay = 0.999;         // 0 turns the average off
    double clipGradient = 1;         // global norm; 0 turns it off
    int warmupSteps = 50;
    // constant | cosine: to a tenth over the planned steps | step: times scheduleFactor every
    // scheduleEvery steps
    std::string schedule = "cosine";
    double scheduleFactor = 0.5;
    int scheduleEvery = 10000;
    double trueFace = 0;             // weight of the true-face discriminator; df only, 0: off
    std::string mode = "fast";       // exact | fast
    std::string precision = "auto";  // auto | fp32 | bf16
    uint64_t seed = 1;
    int64_t steps = 100000;      // planned length; --steps and --minutes set it
    int checkpointEvery = 1000;  // steps
    int keepCheckpoints = 3;     // the newest ones
    int64_t keepEvery = 0;       // and those of every this many steps; 0: none of them
    bool keepBest = true;        // and the one of the lowest validation
    int previewEvery = 500;      // steps
    int historyEvery = 10;       // steps between lines of history.jsonl
    int validationFaces = 16;    // a side, held out of training
    int threads = 0;             // CPU threads a rank, 0 = all cores
    // What to start from: a run of the project, the path of a run or checkpoint, or the name of a
    // base model that comes with the program.
    std::string base;
    // On a GPU: the passes of a step are recorded once and then started as a whole, instead of
    // kernel by kernel.
    bool cudaGraphs = false;
    // How gradients travel between devices: fp32, or bf16 for half the bytes.
    std::string gradients = "fp32";
    std::string devices =
        "auto";  // auto | all | one entry a rank: "cuda:0,cuda:1", "cpu", "cpu,cpu"
    LossWeights loss;
    Gan gan;
    Augmentation augment;

    // Errors: usage, naming the key and the values it may have.
    Status check() const;
};

// Whether each of `ranks` devices, which share the batch evenly, can compute its share in as many
// equal parts as the plan says. Errors: usage, naming accumulate and what it may be.
Status checkParts(const Plan& plan, int ranks);

// Who a run learns: source, destination, then the others in their order. At most kMostIdentities.
std::vector<std::string> performersOf(const Plan& plan);
constexpr size_t kMostIdentities = 64;

// One option as every surface shows it: CLI, file and form come from this one description.
struct OptionInfo {
    enum class Kind { integer, real, boolean, text, choice };
    std::string key;  // "loss.dssim"
    Kind kind = Kind::text;
    std::string help;                  // one sentence of consequence
    std::vector<std::string> choices;  // for Kind::choice
    double least = 0, most = 0;        // for numbers
    bool advanced = true;
    bool changeableWhileRunning = false;
};
const std::vector<OptionInfo>& planOptions();

// One key by its text; the value's text. Errors: usage, naming the key, near names and the range.
Status setOption(Plan& plan, const std::string& key, const std::string& value);
std::string optionValue(const Plan& plan, const std::string& key);

// JSON. Unknown keys are an error in a file (usage, named), missing ones keep their defaults.
Result<Plan> planFromJson(const std::string& text, const std::string& where);
std::string planToJson(const Plan& plan);
Result<Plan> loadPlan(const std::filesystem::path& path);
Status savePlan(const Plan& plan, const std::filesystem::path& path);

// resources/presets: "quick", "standard", "high", "max". Errors: usage, naming the presets there
// are.
struct PresetInfo {
    std::string name;
    std::string title;
    std::string help;
};
Result<std::vector<PresetInfo>> presets();
Result<Plan> loadPreset(const std::string& name);

}  // namespace understudy::training
