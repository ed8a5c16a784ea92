#include "training/swap/render_record.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "media/base/file.h"
#include "media/source/frame_list.h"
#include "media/source/frame_sink.h"

namespace understudy::training {

using media::FrameNumber;
using nlohmann::json;

namespace {

constexpr uint64_t kRecordLimit = 16u << 20;

std::string textOf(const std::set<FrameNumber>& frames) {
    return media::FrameList::of({frames.begin(), frames.end()}).text();
}

std::set<FrameNumber> framesOf(const json& section, const char* key) {
    const auto text = section.find(key);
    if (text == section.end() || !text->is_string() || text->get<std::string>().empty()) {
        return {};
    }
    const auto list = media::FrameList::parse(text->get<std::string>());
    if (!list) {
        return {};
    }
    const auto frames = list->numbers();
    return frames ? std::set<FrameNumber>(frames->begin(), frames->end()) : std::set<FrameNumber>();
}

}  // namespace

std::filesystem::path RenderRecord::placeFor(const std::string& pattern) {
    // What two numbers have in common before they differ is the name.
    const std::string one = media::sequenceFile(pattern, 1);
    const std::string two = media::sequenceFile(pattern, 2);
    size_t length = 0;
    while (length < one.size() && length < two.size() && one[length] == two[length]) {
        ++length;
    }
    const std::filesystem::path path(one);
    const size_t folder = one.size() - path.filename().string().size();
    std::string name = one.substr(folder, length > folder ? length - folder : 0);
    const auto strip = [&name](const char* letters) {
        const size_t last = name.find_last_not_of(letters);
        name.resize(last == std::string::npos ? 0 : last + 1);
    };
    strip("0");
    strip("._-");
    return path.parent_path() / (name.empty() ? "render.json" : name + ".render.json");
}

RenderRecord::RenderRecord(std::filesystem::path place, std::string settings)
    : place_(std::move(place)) {
    own_.settings = std::move(settings);
    read();
}

void RenderRecord::read() {
    const auto text = readFile(place_, kRecordLimit);
    if (!text) {
        return;
    }
    const json document = json::parse(*text, nullptr, false);
    if (!document.is_object() || !document.contains("renders") || !document["renders"].is_array()) {
        return;
    }
    for (const json& entry : document["renders"]) {
        if (!entry.is_object() || !entry.contains("settings") || !entry["settings"].is_string()) {
            continue;
        }
        Section section{entry["settings"].get<std::string>(), framesOf(entry, "swapped"),
                        framesOf(entry, "passed_through")};
        if (section.settings == own_.settings) {
            own_ = std::move(section);
        } else {
            others_.push_back(std::move(section));
        }
    }
}

Status RenderRecord::begin(const std::vector<FrameNumber>& frames) {
    const auto forget = [&frames](Section& section) {
        for (const FrameNumber frame : frames) {
            section.swapped.erase(frame);
            section.passed.erase(frame);
        }
    };
    forget(own_);
    for (Section& section : others_) {
        forget(section);
    }
    std::erase_if(others_, [](const Section& section) {
        return section.swapped.empty() && section.passed.empty();
    });
    return save();
}

void RenderRecord::add(FrameNumber frame, bool swapped) {
    (swapped ? own_.swapped : own_.passed).insert(frame);
}

Status RenderRecord::save() const {
    json renders = json::array();
    const auto put = [&renders](const Section& section) {
        renders.push_back({{"settings", section.settings},
                           {"swapped", textOf(section.swapped)},
                           {"passed_through", textOf(section.passed)}});
    };
    put(own_);
    for (const Section& section : others_) {
        put(section);
    }
    const json document = {{"version", 1}, {"renders", renders}};
    return writeFileAtomic(
        place_, document.dump(1, ' ', false, json::error_handler_t::replace) + "\n", 0644);
}

}  // namespace understudy::training
