#include "training/plan/option_table.h"

namespace understudy::training {

namespace {

using Kind = OptionInfo::Kind;

constexpr double kMostExact = 9007199254740991;  // every JSON reader keeps integers up to here

// Which of the two flags of OptionInfo an option has.
enum Flags : unsigned { none = 0, basic = 1, live = 2 };

OptionInfo info(Kind kind, const char* key, double least, double most, unsigned flags,
                const char* help) {
    OptionInfo made;
    made.key = key;
    made.kind = kind;
    made.help = help;
    made.least = least;
    made.most = most;
    made.advanced = (flags & basic) == 0;
    made.changeableWhileRunning = (flags & live) != 0;
    return made;
}

OptionInfo text(const char* key, unsigned flags, const char* help) {
    return info(Kind::text, key, 0, 0, flags, help);
}

OptionInfo boolean(const char* key, unsigned flags, const char* help) {
    return info(Kind::boolean, key, 0, 1, flags, help);
}

OptionInfo choice(const char* key, std::vector<std::string> choices, unsigned flags,
                  const char* help) {
    OptionInfo made = info(Kind::choice, key, 0, 0, flags, help);
    made.choices = std::move(choices);
    return made;
}

#define US_SLOT(member) [](Plan& plan) -> Slot { return &plan.member; }

void addNetwork(std::vector<Option>& table) {
    const auto add = [&](OptionInfo made, Slot (*slot)(Plan&)) {
        table.push_back({std::move(made), slot});
    };
    add(text("source", none, "The performer whose face will appear in the result."),
        US_SLOT(source));
    add(text("destination", none, "The performer on whose plates the face is put."),
        US_SLOT(destination));
    add(text("others", none,
             "Further performers to learn beside these two, with commas between: a base model for "
             "new pairs, or a swap of any of them onto any other; each takes memory and steps."),
        US_SLOT(others));
    add(info(
            Kind::real, "paired", 0, 1, none,
            "How often a face is learned from another performer's face of the same frame: what the "
            "network sees then says the less about whose it is; only where the clips of all "
            "performers show the same performances, frame by frame."),
        US_SLOT(paired));
    add(choice("model", {"df", "liae"}, basic,
               "df keeps the likeness of the source best; liae takes over the light and the shape "
               "of the destination better and needs more memory."),
        US_SLOT(model));
    add(text("switches", none,
             "Any of u, d and t: u brings the likeness closer, d doubles the resolution at little "
             "cost, t draws finer detail and trains slower."),
        US_SLOT(switches));
    add(info(Kind::integer, "resolution", 64, 1024, basic,
             "Pixels of the face on each side: twice as many show finer skin and take about four "
             "times the time and memory."),
        US_SLOT(resolution));
    add(info(Kind::integer, "batch", 1, 4096, basic,
             "Faces of each performer in one step, over all devices: more make every step steadier "
             "and slower and take more memory."),
        US_SLOT(batch));
    add(info(Kind::integer, "accumulate", 1, 4096, live,
             "Parts that a step's batch is computed in, one after the other: more take less memory "
             "and slightly more time, and learn the same; must divide the faces of each device."),
        US_SLOT(accumulate));
    add(boolean("recompute", live,
                "What the layers gave out is computed again where it is needed instead of being "
                "kept: takes much less memory and about a third more time, and learns the same."),
        US_SLOT(recompute));
    add(boolean(
            "cudaGraphs", none,
            "A GPU is given the work of a step as a whole instead of piece by piece: faster where "
            "faces are small, takes somewhat more memory; for two performers on one GPU, without "
            "discriminators."),
        US_SLOT(cudaGraphs));
    add(info(Kind::integer, "encoderDims", 2, 1024, none,
             "Width of the encoder: more tells more faces and expressions apart, slower."),
        US_SLOT(encoderDims));
    add(info(Kind::integer, "decoderDims", 2, 1024, none,
             "Width of the decoder: more draws finer detail, slower; this costs the most memory."),
        US_SLOT(decoderDims));
    add(info(Kind::integer, "maskDims", 2, 1024, none,
             "Width of the mask's decoder: more follows hair and fingers closer, slightly slower."),
        US_SLOT(maskDims));
    add(info(Kind::integer, "bottleneck", 2, 2048, none,
             "Numbers a face is reduced to between encoder and decoder: too few lose expressions, "
             "too many copy the destination's likeness."),
        US_SLOT(bottleneck));
    add(choice(
            "faceType", {"half_face", "midfull_face", "full_face", "whole_face", "head"}, none,
            "How much of the head is replaced: the faces must have been extracted as this type."),
        US_SLOT(faceType));
    add(info(Kind::real, "maskGrow", 0, 0.25, none,
             "How far beyond the outline of the landmarks the face is learned and covered, as a "
             "fraction of the picture's width: more covers a longer chin or a beard, too much "
             "shows hair and background of the source."),
        US_SLOT(maskGrow));
    add(text("encoding", none,
             "Colour encoding the network works in; that of the extracted faces is used."),
        US_SLOT(encoding));
    add(text(
            "base", none,
            "A run, checkpoint or base model to start from: what fits is taken over and said, so a "
            "new pair of performers begins with a trained network."),
        US_SLOT(base));
}

void addOptimisation(std::vector<Option>& table) {
    const auto add = [&](OptionInfo made, Slot (*slot)(Plan&)) {
        table.push_back({std::move(made), slot});
    };
    add(info(Kind::real, "learningRate", 1e-8, 1, live,
             "How far each step moves the weights: higher learns faster until it becomes "
             "unstable."),
        US_SLOT(learningRate));
    add(choice("optimizer", {"adam", "adamw", "adabelief"}, none,
               "adam is the steady choice; adamw also keeps the weights small, which generalises "
               "better from little footage; adabelief reaches fine detail sooner in some runs."),
        US_SLOT(optimizer));
    add(info(Kind::real, "weightDecay", 0, 1, none,
             "What adamw takes off each weight, as a fraction of the learning rate: more "
             "generalises better until detail is lost."),
        US_SLOT(weightDecay));
    add(info(Kind::real, "lrDropout", 0.01, 1, live,
             "How likely a weight is to be updated in a step: about 0.3 late in a run brings out "
             "finer detail and takes more steps, 1 updates all."),
        US_SLOT(lrDropout));
    add(info(Kind::real, "emaDecay", 0, 0.999999, none,
             "How slowly the averaged weights that previews and swaps use follow the training: "
             "closer to 1 is calmer and later, 0 uses the weights as they are."),
        US_SLOT(emaDecay));
    add(info(Kind::real, "clipGradient", 0, 1e6, none,
             "Largest length of one step's gradient: smaller survives odd faces better, 0 sets no "
             "limit."),
        US_SLOT(clipGradient));
    add(info(Kind::integer, "warmupSteps", 0, 1e6, none,
             "Steps over which the learning rate rises from zero: more avoids an unstable start."),
        US_SLOT(warmupSteps));
    add(choice("schedule", {"constant", "cosine", "step"}, none,
               "cosine lowers the learning rate to a tenth over the planned steps and ends "
               "sharper; constant suits a run without a planned end; step lowers it by "
               "scheduleFactor every scheduleEvery steps."),
        US_SLOT(schedule));
    add(info(Kind::real, "scheduleFactor", 0.01, 1, none,
             "What the learning rate is multiplied by at each step of the step schedule: smaller "
             "settles sooner, too small stops learning."),
        US_SLOT(scheduleFactor));
    add(info(Kind::integer, "scheduleEvery", 1, 1e9, none,
             "Steps after which the step schedule lowers the learning rate again: more learns "
             "longer at each rate."),
        US_SLOT(scheduleEvery));
    add(choice("mode", {"fast", "exact"}, none,
               "exact repeats and resumes bit for bit on the same machine; fast gives that up for "
               "speed."),
        US_SLOT(mode));
    add(choice("precision", {"auto", "fp32", "bf16"}, none,
               "bf16 halves memory and time where the device is good at it; auto uses it there."),
        US_SLOT(precision));
    add(info(Kind::integer, "seed", 0, kMostExact, none,
             "Start of all random numbers: the same seed and faces give the same run."),
        US_SLOT(seed));
}

void addLosses(std::vector<Option>& table) {
    const auto add = [&](OptionInfo made, Slot (*slot)(Plan&)) {
        table.push_back({std::move(made), slot});
    };
    add(info(Kind::real, "loss.dssim", 0, 1000, live,
             "Weight of structure: higher puts edges and wrinkles before exact colour."),
        US_SLOT(loss.dssim));
    add(info(Kind::real, "loss.mse", 0, 1000, live,
             "Weight of colour: higher puts exact colour before structure."),
        US_SLOT(loss.mse));
    add(info(Kind::real, "loss.mask", 0, 1000, live,
             "Weight of the learned mask: higher follows the face's outline sooner."),
        US_SLOT(loss.mask));
    add(info(Kind::real, "loss.eyesMouth", 0, 300, live,
             "Priority of eyes and mouth: raise it when a gaze or teeth stay vague, at the cost of "
             "the rest of the face."),
        US_SLOT(loss.eyesMouth));
    add(boolean("loss.masked", live,
                "Only the face counts, so nothing is spent on the background; off also learns the "
                "surroundings."),
        US_SLOT(loss.masked));
    add(info(Kind::integer, "loss.dssimScales", 1, 5, live,
             "Sizes at which structure is compared: more put the face's large forms beside its "
             "fine ones, 1 looks at the full size only."),
        US_SLOT(loss.dssimScales));
    add(info(Kind::real, "loss.faceStyle", 0, 100, live,
             "How much the swapped face takes over the tones of the destination's: more sits "
             "better in the plate's light, too much costs likeness; begin it late, at 1 to 10."),
        US_SLOT(loss.faceStyle));
    add(info(Kind::real, "loss.backgroundStyle", 0, 100, live,
             "How much the surroundings of the swapped face follow the destination's: more hides "
             "the edge of the mask, too much costs likeness; begin it late, at 1 to 10."),
        US_SLOT(loss.backgroundStyle));
}

void addDiscriminators(std::vector<Option>& table) {
    const auto add = [&](OptionInfo made, Slot (*slot)(Plan&)) {
        table.push_back({std::move(made), slot});
    };
    add(info(Kind::real, "gan.power", 0, 5, live,
             "Weight of a second network that learns to tell made faces from real ones: about 0.1 "
             "at the end of a run brings out pores and hair, and slows every step; 0 is off."),
        US_SLOT(gan.power));
    add(info(Kind::integer, "gan.patch", 0, 1024, live,
             "Pixels that the second network judges by at a time: more sees larger forms and "
             "takes more memory; 0 is an eighth of the resolution."),
        US_SLOT(gan.patch));
    add(info(Kind::integer, "gan.dims", 4, 128, live,
             "Width of the second network: more sees finer differences, slower."),
        US_SLOT(gan.dims));
    add(info(Kind::real, "trueFace", 0, 1, live,
             "Weight of a discriminator that makes the source's inner description like the "
             "destination's: about 0.01 brings the likeness closer, too much distorts; df only, "
             "0 is off."),
        US_SLOT(trueFace));
}

void addAugmentation(std::vector<Option>& table) {
    const auto add = [&](const char* key, double least, double most, const char* help,
                         Slot (*slot)(Plan&)) {
        table.push_back({info(Kind::real, key, least, most, live, help), slot});
    };
    add("augment.rotation", 0, 180,
        "Degrees by which faces are turned at random: more copes with tilted heads it has not "
        "seen, and blurs a little.",
        US_SLOT(augment.rotation));
    add("augment.scale", 0, 0.9,
        "Fraction by which faces are made larger or smaller at random: more forgives uneven "
        "alignment.",
        US_SLOT(augment.scale));
    add("augment.shift", 0, 0.5,
        "Fraction of the width by which faces are moved at random: more forgives uneven "
        "alignment.",
        US_SLOT(augment.shift));
    add("augment.flipSource", 0, 1,
        "How often source faces are mirrored: more angles from little footage, but moles and "
        "partings change sides.",
        US_SLOT(augment.flipSource));
    add("augment.flipDestination", 0, 1,
        "How often destination faces are mirrored: more angles from little footage, with little "
        "harm.",
        US_SLOT(augment.flipDestination));
    add("augment.warp", 0, 4,
        "Strength of the elastic warp of what the network sees: without it the likeness does not "
        "generalise, with too much detail comes late.",
        US_SLOT(augment.warp));
    add("augment.warpFadeFrom", 0, 1,
        "Fraction of the steps after which the warp fades away: earlier gives fine detail sooner, "
        "1 keeps it to the end.",
        US_SLOT(augment.warpFadeFrom));
    add("augment.color", 0, 1,
        "How much the colours of what the network sees vary (exposure, gamma, hue, saturation): "
        "more copes with changing light, and learns skin tones later.",
        US_SLOT(augment.color));
    add("augment.shade", 0, 2,
        "How much light and shade vary over the face in what the network sees: more tells a face's "
        "shape from its tones, so that the destination's beard or make-up does not show on the new "
        "face; too much loses the plate's light.",
        US_SLOT(augment.shade));
    table.push_back(
        {choice("augment.colorTransfer", {"none", "tones", "lot", "mix"}, live,
                "How source faces take over the destination's colours at times, so that the result "
                "sits in the plate's light: tones matches lightness and tint one by one, lot all "
                "colours together (linear optimal transport), mix uses both."),
         US_SLOT(augment.colorTransfer),
         {{"true", "tones"},
          {"1", "tones"},
          {"yes", "tones"},
          {"on", "tones"},
          {"false", "none"},
          {"0", "none"},
          {"no", "none"},
          {"off", "none"}}});
    add("augment.blur", 0, 1,
        "How often what the network sees is blurred: raise it when plates are softer than the "
        "source's footage; the result stays sharp.",
        US_SLOT(augment.blur));
    add("augment.noise", 0, 1,
        "How often what the network sees gets grain: raise it for noisy plates; the result stays "
        "clean.",
        US_SLOT(augment.noise));
    add("augment.jpeg", 0, 1,
        "How often what the network sees is compressed as a JPEG of varying quality: raise it for "
        "plates with blocks and bands.",
        US_SLOT(augment.jpeg));
    table.push_back(
        {boolean("augment.uniformYaw", live,
                 "Every turn of the head is shown equally often: learns profiles from little "
                 "footage of them, and repeats those few faces more."),
         US_SLOT(augment.uniformYaw)});
    table.push_back({boolean("augment.blurOutMask", live,
                             "What surrounds the face is blurred in the faces to learn: a cleaner "
                             "edge where masks meet hair and background."),
                     US_SLOT(augment.blurOutMask)});
}

void addRunning(std::vector<Option>& table) {
    const auto add = [&](OptionInfo made, Slot (*slot)(Plan&)) {
        table.push_back({std::move(made), slot});
    };
    add(info(Kind::integer, "steps", 1, 1e9, basic | live,
             "Planned length: the learning rate and the warp fade are spread over these steps, and "
             "training ends there."),
        US_SLOT(steps));
    add(text("devices", basic,
             "auto takes the best device there is, all takes every GPU, a list such as "
             "cuda:0,cuda:1, UUIDs (GPU-...) or cpu names one for each process."),
        US_SLOT(devices));
    add(choice("gradients", {"fp32", "bf16"}, none,
               "How gradients travel between devices: bf16 halves what PCIe and networks carry, "
               "and rounds it; fp32 gives the result of a single device."),
        US_SLOT(gradients));
    add(info(Kind::integer, "threads", 0, 4096, none,
             "CPU threads for each process, 0 for all cores: fewer leave room for other work."),
        US_SLOT(threads));
    add(info(Kind::integer, "checkpointEvery", 1, 1e9, live,
             "Steps between saved states: fewer lose less after a crash and write more to disk."),
        US_SLOT(checkpointEvery));
    add(info(Kind::integer, "keepCheckpoints", 1, 1000, live,
             "Saved states that are kept: more let you go further back and take more disk."),
        US_SLOT(keepCheckpoints));
    add(info(Kind::integer, "keepEvery", 0, 1e9, live,
             "Saved states whose step is a multiple of this are kept for good, so that you can go "
             "back to any part of a long run; 0 keeps none of them, each takes its disk."),
        US_SLOT(keepEvery));
    add(boolean("keepBest", live,
                "The saved state of the lowest validation loss is kept for good; only those count "
                "that were saved at a step where it was measured (previewEvery)."),
        US_SLOT(keepBest));
    add(info(Kind::integer, "previewEvery", 1, 1e9, live,
             "Steps between preview pictures: fewer show progress sooner and cost a little time."),
        US_SLOT(previewEvery));
    add(info(Kind::integer, "historyEvery", 1, 1e6, none,
             "Steps between points of the loss curves: fewer draw finer curves and cost a little "
             "time."),
        US_SLOT(historyEvery));
    add(info(Kind::integer, "validationFaces", 0, 4096, none,
             "Faces of each performer that are never trained on and measure how well unseen "
             "frames will come out; 0 measures nothing."),
        US_SLOT(validationFaces));
}

#undef US_SLOT

}  // namespace

const std::vector<Option>& optionTable() {
    static const std::vector<Option> table = [] {
        std::vector<Option> made;
        addNetwork(made);
        addOptimisation(made);
        addLosses(made);
        addDiscriminators(made);
        addAugmentation(made);
        addRunning(made);
        return made;
    }();
    return table;
}

}  // namespace understudy::training
