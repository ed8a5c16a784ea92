// What a checkpoint or run folder from elsewhere may have in it: tensors, manifest, state, the
// record of the machine, TensorBoard's files.
#include "media/base/check.h"
#include "media/base/file.h"
#include "tests/fuzz/file_input.h"
#include "tests/fuzz/fuzz_target.h"
#include "training/record/checkpoint_files.h"
#include "training/record/environment.h"
#include "training/record/event_file.h"
#include "training/record/tensor_file.h"

using namespace understudy;
using namespace understudy::training;

namespace {

bool readTensors(const std::filesystem::path& path) {
    const auto file = TensorFile::open(path);
    if (!file.ok()) {
        US_CHECK(!file.error().remedy.empty());
        return false;
    }
    for (const TensorEntry& entry : file->header().entries) {
        std::vector<double> values(entry.elements());
        file->read(entry, 0, values);
    }
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string text = tests::inputText(data, size);
    bool taken = readTensors(tests::fileOf(data, size, "x.safetensors"));
    taken |= manifestFromJson(text, "fuzz").ok();
    if (const auto info = infoFromJson(text, "fuzz"); info.ok()) {
        static_cast<void>(info->ownValidation());
        US_CHECK(infoFromJson(infoToJson(*info), "fuzz").ok());
        taken = true;
    }
    taken |= readStarts(tests::fileOf(data, size, "environment.json")).ok();
    const auto events = tests::fileOf(data, size, "events.out.tfevents.1000000000.x");
    const auto opened = EventFile::open(events.parent_path(), 10);
    US_CHECK(opened.ok());
    std::filesystem::remove(opened->path());
    taken |= std::filesystem::file_size(events) > 0;
    tests::acceptedInputs += taken;
    return 0;
}

std::vector<std::string> tests::fuzzSeeds() {
    const std::string header =
        R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"BF16","shape":[],"data_offsets":[8,10]}})";
    std::string tensors(8, '\0');
    tensors[0] = static_cast<char>(header.size());
    tensors += header + std::string(10, '\1');
    const std::string hash(64, 'a');
    const Manifest manifest = {{kModelFile, {tensors.size(), hash}}, {kStateFile, {10, hash}}};
    CheckpointInfo info;
    info.step = 7;
    info.planJson = "{}";
    info.numbers = {{"validation", 0.5}, {"validation_step", 7}};
    const TempFolder folder;
    US_CHECK(recordStart(folder / "environment.json", describeMachine()).ok());
    std::string events;
    {
        auto file = EventFile::open(folder.path(), 0);
        US_CHECK(file.ok());
        US_CHECK(file->addScalars(5, {{"loss", 1}}).ok() && file->addScalars(20, {{"x", 2}}).ok());
        events = *readFile(file->path());
    }
    return {tensors, manifestToJson(manifest), infoToJson(info),
            *readFile(folder / "environment.json"), events};
}
