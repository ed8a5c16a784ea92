#include "training/engine/checkpoint/base_model.h"

#include <torch/types.h>
#include <torch/utils.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>

#include "media/base/file.h"
#include "media/base/joined.h"
#include "media/base/sha256.h"
#include "training/engine/checkpoint/base_resize.h"
#include "training/engine/checkpoint/checkpoint.h"
#include "training/engine/checkpoint/safetensors.h"
#include "training/engine/model/face_model.h"
#include "training/plan/plan.h"
#include "training/record/checkpoint_files.h"

namespace understudy::training {

namespace fs = std::filesystem;

namespace {

constexpr const char* kSourceDecoder = "decoder_source.";
constexpr const char* kDecoder = "decoder_";
constexpr const char* kCode = "code_";

using TensorsByName = std::map<std::string, torch::Tensor>;

struct Base {
    fs::path folder;
    CheckpointInfo info;
    TensorsByName tensors;
};

// The first `parts` parts of a name.
std::string groupOf(const std::string& name, int parts) {
    size_t end = 0;
    for (int i = 0; i < parts && end != std::string::npos; ++i) {
        end = name.find('.', end == 0 ? 0 : end + 1);
    }
    return name.substr(0, end);
}

// The parts that `names` belong to: whole modules where all of their tensors are among them.
std::vector<std::string> groupsOf(const std::vector<std::string>& names,
                                  const std::vector<std::string>& all) {
    std::map<std::string, size_t> sizes, found;
    for (const std::string& name : all) {
        ++sizes[groupOf(name, 1)];
    }
    for (const std::string& name : names) {
        ++found[groupOf(name, 1)];
    }
    std::vector<std::string> groups;
    for (const std::string& name : names) {
        const std::string whole = groupOf(name, 1);
        // A decoder's body is a long chain: one more part says which of it.
        const std::string group = found[whole] == sizes[whole]               ? whole
                                  : name.find(".body.") != std::string::npos ? groupOf(name, 3)
                                                                             : groupOf(name, 2);
        if (std::find(groups.begin(), groups.end(), group) == groups.end()) {
            groups.push_back(group);
        }
    }
    return groups;
}

std::string tensorsText(int64_t count) {
    return std::to_string(count) + (count == 1 ? " tensor" : " tensors");
}

// Folder and state, every file verified.
Status findCheckpoint(const fs::path& path, Base& base) {
    std::error_code failed;
    if (fs::exists(path / kManifestFile, failed)) {
        base.folder = path;
        US_ASSIGN(base.info, verifyCheckpoint(path));
        return {};
    }
    US_ASSIGN(const auto loaded, loadLatest(path));
    if (!loaded) {
        return Error{ErrorCode::missingInput, "there is no checkpoint to start from", path.string(),
                     "Name a run that has saved, or a checkpoint folder"};
    }
    base.folder = loaded->folder;
    base.info = loaded->info;
    return {};
}

// `average`: the averaged weights where there are any.
Result<Base> readBase(const fs::path& path, bool average) {
    Base base;
    US_TRY(findCheckpoint(path, base));
    std::error_code failed;
    const bool averaged = average && fs::exists(base.folder / kEmaFile, failed);
    US_ASSIGN(const auto stored, readSafetensors(base.folder / (averaged ? kEmaFile : kModelFile)));
    for (const auto& [name, tensor] : stored) {
        base.tensors.emplace(name, tensor);
    }
    return base;
}

// "df-ud, 64 px, dims 32/32/16, bottleneck 128", of a plan.
std::string sizesText(const ModelSpec& spec) {
    return spec.model + (spec.switches.empty() ? "" : "-" + spec.switches) + ", " +
           std::to_string(spec.resolution) + " px, dims " + std::to_string(spec.encoderDims) + "/" +
           std::to_string(spec.decoderDims) + "/" + std::to_string(spec.maskDims) +
           ", bottleneck " + std::to_string(spec.bottleneck);
}

Error nothingFits(const Base& base, const FaceModel& model) {
    const auto plan = planFromJson(base.info.planJson, base.folder.string());
    return {ErrorCode::usage,
            "no tensor of the base fits this network: the base is " +
                (plan.ok() ? sizesText(specOf(*plan)) : std::string("of unknown sizes")) +
                ", the run " + sizesText(model.spec()),
            base.folder.string(),
            "Give the run the base's model, switches, resolution and dims, or another base"};
}

// What the base has for a tensor of the network.
struct Found {
    torch::Tensor tensor;  // undefined: nothing
    bool resized = false;
};

Found lookUp(const TensorsByName& base, const std::string& name, const torch::Tensor& into,
             const ModelSpec& spec) {
    const auto found = base.find(name);
    if (found == base.end()) {
        return {};
    }
    if (found->second.sizes() == into.sizes()) {
        return {found->second};
    }
    const auto resized = resizedForGrid(name, found->second, into.sizes(), spec);
    return resized ? Found{*resized, true} : Found{};
}

std::string weightOf(const std::string& bias) {
    return bias.substr(0, bias.rfind('.')) + ".weight";
}

std::vector<std::string> namesOf(const TensorsByName& tensors) {
    std::vector<std::string> names;
    for (const auto& [name, tensor] : tensors) {
        names.push_back(name);
    }
    return names;
}

// The decoders of a network that a base knows nothing of.
std::set<std::string> unknownDecoders(const TensorsByName& base,
                                      const std::vector<std::string>& names) {
    std::set<std::string> decoders;
    for (const std::string& name : names) {
        if (name.starts_with(kDecoder)) {
            decoders.insert(groupOf(name, 1));
        }
    }
    for (const auto& [name, tensor] : base) {
        decoders.erase(groupOf(name, 1));
    }
    return decoders;
}

// Whether a base model does without it.
bool ofOneIdentity(const std::string& name) {
    return name.starts_with(kCode) ||
           (name.starts_with(kDecoder) && !name.starts_with(kSourceDecoder));
}

Status writeBase(const fs::path& folder, const Base& base, const NamedTensors& tensors) {
    const SafetensorsLayout layout = layOutSafetensors(tensors);
    std::string content = layout.head;
    for (const size_t index : layout.order) {
        const torch::Tensor plain = tensors[index].tensor.contiguous();
        content.append(static_cast<const char*>(plain.const_data_ptr()), plain.nbytes());
    }
    CheckpointInfo info;
    info.step = base.info.step;
    info.planJson = base.info.planJson;
    info.program = US_VERSION;
    const std::string state = infoToJson(info);
    Manifest manifest;
    const std::pair<const char*, const std::string*> files[] = {{kModelFile, &content},
                                                                {kStateFile, &state}};
    for (const auto& [name, text] : files) {
        US_TRY(writeFileAtomic(folder / name, *text));
        manifest[name] = {text->size(), sha256Of(std::as_bytes(std::span(*text)))};
    }
    return writeFileAtomic(folder / kManifestFile, manifestToJson(manifest));
}

}  // namespace

std::string BaseReport::text() const {
    std::string said = "base " + folder.string() + ": " + tensorsText(matched) + " taken over";
    if (!decoders.empty()) {
        said += "; " + joined(decoders, ", ") + " start as the base's source decoder";
    }
    if (resizedTensors > 0) {
        said += "; " + tensorsText(resizedTensors) +
                " resampled, the base is of another resolution: " + joined(resized, ", ");
    }
    if (freshTensors > 0) {
        said += "; " + tensorsText(freshTensors) + " start fresh: " + joined(fresh, ", ");
    }
    if (unusedTensors > 0) {
        said +=
            "; " + tensorsText(unusedTensors) + " of the base not used: " + joined(unused, ", ");
    }
    return said;
}

Result<BaseReport> loadBase(const fs::path& path, FaceModel& model) {
    US_ASSIGN(const Base base, readBase(path, false));
    std::vector<std::string> names, fresh, resized;
    const auto parameters = model.named_parameters();
    for (const auto& item : parameters) {
        names.push_back(item.key());
    }
    const std::set<std::string> unknown = unknownDecoders(base.tensors, names);
    BaseReport report;
    report.folder = base.folder;
    std::vector<std::pair<torch::Tensor, torch::Tensor>> copies;  // from, to
    std::set<std::string> used, copiedTo;
    for (const auto& item : parameters) {
        const std::string& name = item.key();
        const std::string decoder = groupOf(name, 1);
        std::string from = name;
        if (unknown.contains(decoder)) {
            from = kSourceDecoder + name.substr(std::min(name.size(), decoder.size() + 1));
        }
        // A bias is worth nothing without its weight, and often has the same shape everywhere.
        const Found found = lookUp(base.tensors, from, item.value(), model.spec());
        const bool alone =
            name.ends_with(".bias") &&
            !lookUp(base.tensors, weightOf(from), parameters[weightOf(name)], model.spec())
                 .tensor.defined();
        if (alone || !found.tensor.defined()) {
            fresh.push_back(name);
            continue;
        }
        copies.emplace_back(found.tensor, item.value());
        used.insert(from);
        if (found.resized) {
            resized.push_back(name);
        } else if (from == name) {
            ++report.matched;
        } else {
            ++report.copied;
            copiedTo.insert(decoder);
        }
    }
    if (copies.empty()) {
        return nothingFits(base, model);
    }
    std::vector<std::string> unused = namesOf(base.tensors);
    const std::vector<std::string> all = unused;
    std::erase_if(unused, [&](const std::string& name) { return used.contains(name); });
    report.resizedTensors = static_cast<int64_t>(resized.size());
    report.freshTensors = static_cast<int64_t>(fresh.size());
    report.unusedTensors = static_cast<int64_t>(unused.size());
    report.decoders.assign(copiedTo.begin(), copiedTo.end());
    report.resized = groupsOf(resized, names);
    report.fresh = groupsOf(fresh, names);
    report.unused = groupsOf(unused, all);
    const torch::NoGradGuard noGrad;
    for (const auto& [from, to] : copies) {
        to.copy_(from);
    }
    return report;
}

Result<BaseExport> exportBase(const fs::path& from, const fs::path& out) {
    std::error_code failed;
    if (fs::exists(out, failed)) {
        return Error{ErrorCode::usage, "the folder is there already", out.string(),
                     "Name another one with --out, or remove it"};
    }
    US_ASSIGN(const Base base, readBase(from, true));
    NamedTensors tensors;
    std::vector<std::string> left;
    BaseExport result;
    for (const auto& [name, tensor] : base.tensors) {
        if (ofOneIdentity(name)) {
            left.push_back(name);
            continue;
        }
        result.parameters += tensor.numel();
        tensors.push_back({name, tensor.to(torch::kBFloat16)});
    }
    // Whole or not at all.
    fs::path temporary = out;
    temporary += ".tmp-" + std::to_string(::getpid());
    Status written = createPrivateFolder(temporary);
    if (written.ok()) {
        written = writeBase(temporary, base, tensors);
    }
    if (written.ok()) {
        fs::rename(temporary, out, failed);
    }
    if (!written.ok() || failed) {
        std::error_code ignored;
        fs::remove_all(temporary, ignored);
        Error error = written.ok() ? writeError(failed.value(), out) : written.error();
        error.where = out.string();  // the temporary name is none that anybody gave
        return error;
    }
    result.folder = out;
    result.step = base.info.step;
    result.left = groupsOf(left, namesOf(base.tensors));
    for (const char* name : {kModelFile, kStateFile, kManifestFile}) {
        result.bytes += fs::file_size(out / name, failed);
    }
    return result;
}

}  // namespace understudy::training
