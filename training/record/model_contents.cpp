#include "training/record/model_contents.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "media/base/sha256.h"
#include "training/plan/run_folder.h"
#include "training/record/checkpoint_files.h"

namespace understudy::training {

namespace fs = std::filesystem;

namespace {

constexpr size_t kPart = 8192;  // elements that are compared at a time

Error missing(const fs::path& path) {
    return {ErrorCode::missingInput, "there is no checkpoint here", path.string(),
            "Name a checkpoint folder, the folder of a run that has saved, or a .safetensors file"};
}

Result<ModelFile> readFileOfModel(const fs::path& path, const std::string& sha256) {
    US_ASSIGN(const TensorFile file, TensorFile::open(path));
    ModelFile result;
    result.name = path.filename().string();
    result.bytes = file.size();
    result.sha256 = sha256;
    result.tensors = file.header().entries;
    std::sort(result.tensors.begin(), result.tensors.end(),
              [](const TensorEntry& x, const TensorEntry& y) { return x.name < y.name; });
    return result;
}

Status readFolder(ModelContents& contents) {
    US_ASSIGN(const Manifest manifest, loadManifest(contents.folder));
    for (const char* name : {kModelFile, kEmaFile, kOptimizerFile}) {
        if (const auto mark = manifest.find(name); mark != manifest.end()) {
            US_ASSIGN(ModelFile file, readFileOfModel(contents.folder / name, mark->second.sha256));
            contents.files.push_back(std::move(file));
        }
    }
    return {};
}

std::string typeAndShape(const TensorEntry& entry) {
    return shapeText(entry.shape) + " " + nameOf(entry.type);
}

double larger(double a, double b) {
    return std::isnan(a) || std::isnan(b) ? std::nan("") : std::max(a, b);
}

// Numbers that are equal, infinities and both not a number count as no difference.
TensorDifference compareTensor(const TensorFile& a, const TensorEntry& left, const TensorFile& b,
                               const TensorEntry& right) {
    TensorDifference difference;
    difference.name = left.name;
    double squares = 0, norm = 0;
    std::array<double, kPart> x{}, y{};
    for (uint64_t first = 0; first < left.elements(); first += kPart) {
        const size_t count = std::min<uint64_t>(kPart, left.elements() - first);
        a.read(left, first, std::span(x).first(count));
        b.read(right, first, std::span(y).first(count));
        for (size_t i = 0; i < count; ++i) {
            const bool same = x[i] == y[i] || (std::isnan(x[i]) && std::isnan(y[i]));
            const double off = same ? 0 : std::abs(x[i] - y[i]);
            difference.most = larger(difference.most, off);
            squares += off * off;
            norm += std::isfinite(x[i]) ? x[i] * x[i] : 0;
        }
    }
    const double far = std::sqrt(squares);
    difference.relative = far == 0 ? 0 : norm > 0 ? far / std::sqrt(norm) : std::nan("");
    return difference;
}

Status compareFiles(const fs::path& pathA, const ModelFile& a, const fs::path& pathB,
                    const ModelFile& b, ModelDifference& difference) {
    US_ASSIGN(const TensorFile fileA, TensorFile::open(pathA));
    US_ASSIGN(const TensorFile fileB, TensorFile::open(pathB));
    std::map<std::string, const TensorEntry*> others;
    for (const TensorEntry& entry : b.tensors) {
        others[entry.name] = &entry;
    }
    for (const TensorEntry& entry : a.tensors) {
        const auto other = others.find(entry.name);
        if (other == others.end()) {
            difference.onlyInA.push_back(a.name + ": " + entry.name);
            continue;
        }
        if (entry.shape != other->second->shape || entry.type != other->second->type) {
            difference.shapes.push_back(
                {a.name, entry.name, typeAndShape(entry), typeAndShape(*other->second)});
        } else {
            difference.tensors.push_back(compareTensor(fileA, entry, fileB, *other->second));
            difference.tensors.back().file = a.name;
        }
        others.erase(other);
    }
    for (const auto& [name, entry] : others) {
        difference.onlyInB.push_back(b.name + ": " + name);
    }
    return {};
}

void flatten(const nlohmann::json& json, const std::string& prefix,
             std::map<std::string, std::string>& keys) {
    using Handler = nlohmann::json::error_handler_t;
    for (const auto& [name, value] : json.items()) {
        if (value.is_object()) {
            flatten(value, prefix + name + ".", keys);
        } else {
            keys[prefix + name] = value.is_string() ? value.get<std::string>()
                                                    : value.dump(-1, ' ', false, Handler::replace);
        }
    }
}

std::map<std::string, std::string> keysOf(const std::string& plan) {
    const auto json = nlohmann::json::parse(plan, nullptr, false);
    std::map<std::string, std::string> keys;
    if (json.is_object()) {
        flatten(json, "", keys);
    }
    return keys;
}

}  // namespace

uint64_t ModelFile::elements() const {
    uint64_t count = 0;
    for (const TensorEntry& entry : tensors) {
        count += entry.elements();
    }
    return count;
}

uint64_t ModelContents::parameters() const {
    return files.empty() ? 0 : files.front().elements();
}

uint64_t ModelContents::bytes() const {
    uint64_t sum = 0;
    for (const ModelFile& one : files) {
        sum += one.bytes;
    }
    return sum;
}

fs::path ModelContents::file(const ModelFile& one) const {
    return folder.empty() ? single : folder / one.name;
}

Result<ModelContents> readModel(const fs::path& path) {
    ModelContents contents;
    std::error_code failed;
    if (fs::is_regular_file(path, failed)) {
        US_ASSIGN(const std::string hash, sha256OfFile(path));
        US_ASSIGN(ModelFile file, readFileOfModel(path, hash));
        contents.single = path;
        contents.files.push_back(std::move(file));
        return contents;
    }
    if (fs::exists(path / kManifestFile, failed)) {
        US_ASSIGN(contents.info, verifyCheckpoint(path));
        contents.folder = path;
    } else {
        US_ASSIGN(auto latest, loadLatest(path));
        if (!latest) {
            return missing(path);
        }
        contents.folder = latest->folder;
        contents.info = std::move(latest->info);
        contents.warnings = std::move(latest->warnings);
    }
    US_TRY(readFolder(contents));
    return contents;
}

bool ModelDifference::equal() const {
    return onlyInA.empty() && onlyInB.empty() && shapes.empty() &&
           std::all_of(tensors.begin(), tensors.end(),
                       [](const TensorDifference& one) { return one.equal(); });
}

double ModelDifference::most() const {
    double result = 0;
    for (const TensorDifference& one : tensors) {
        result = larger(result, one.most);
    }
    return result;
}

double ModelDifference::relative() const {
    double result = 0;
    for (const TensorDifference& one : tensors) {
        result = larger(result, one.relative);
    }
    return result;
}

Result<ModelDifference> compareModels(const ModelContents& a, const ModelContents& b) {
    ModelDifference difference;
    const bool singles = !a.single.empty() && !b.single.empty();
    std::set<std::string> matched;
    for (const ModelFile& file : a.files) {
        const auto other = std::find_if(b.files.begin(), b.files.end(), [&](const ModelFile& one) {
            return singles || one.name == file.name;
        });
        if (other == b.files.end()) {
            difference.onlyInA.push_back(file.name);
            continue;
        }
        matched.insert(other->name);
        US_TRY(compareFiles(a.file(file), file, b.file(*other), *other, difference));
    }
    for (const ModelFile& file : b.files) {
        if (!matched.contains(file.name)) {
            difference.onlyInB.push_back(file.name);
        }
    }
    return difference;
}

std::vector<PlanDifference> comparePlans(const std::string& a, const std::string& b) {
    const auto left = keysOf(a);
    auto right = keysOf(b);
    std::vector<PlanDifference> differences;
    for (const auto& [key, value] : left) {
        const std::string other = right.contains(key) ? right[key] : "";
        if (value != other) {
            differences.push_back({key, value, other});
        }
        right.erase(key);
    }
    for (const auto& [key, value] : right) {
        differences.push_back({key, "", value});
    }
    return differences;
}

}  // namespace understudy::training
