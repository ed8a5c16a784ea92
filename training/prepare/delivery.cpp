#include "training/prepare/delivery.h"

#include <sstream>
#include <string_view>

namespace understudy::training {

const std::vector<DeliveryFormat>& deliveryFormats() {
    static const std::vector<DeliveryFormat> formats = {
        {"mp4", ".mp4", true, "Movie, H.264 in MP4"},
        {"mov", ".mov", true, "Movie, H.264 in QuickTime"},
        {"mkv", ".mkv", true, "Movie, H.264 in Matroska"},
        {"exr", ".exr", false, "EXR sequence, linear half float"},
        {"dpx", ".dpx", false, "DPX sequence"},
        {"tif", ".tif", false, "TIFF sequence"},
        {"png", ".png", false, "PNG sequence"},
    };
    return formats;
}

Result<DeliveryFormat> deliveryFormat(const std::string& name) {
    std::string known;
    for (const DeliveryFormat& format : deliveryFormats()) {
        if (format.name == name) {
            return format;
        }
        known += (known.empty() ? "" : ", ") + format.name;
    }
    return Error{ErrorCode::usage, "nothing can be delivered as '" + name + "'", "--format",
                 "Choose one of " + known};
}

std::map<std::string, std::string> lookOfVersion(const media::VersionRecord& version) {
    std::map<std::string, std::string> look;
    // As CompositeOptions::signature() writes them. Names of files stand before it and may hold
    // anything; the program's version stands behind it.
    const size_t start = version.settings.rfind(" color=");
    if (start == std::string::npos) {
        return look;
    }
    std::istringstream words(version.settings.substr(start));
    for (std::string word; words >> word;) {
        const size_t equals = word.find('=');
        const std::string key = word.substr(0, equals);
        if (equals != std::string::npos && key != "version") {
            look["--" + key] = word.substr(equals + 1);
        }
    }
    return look;
}

NameFields nameFields(const std::string& projectName, const media::VersionRecord& version,
                      const media::ClipRecord& clip, const std::string& date) {
    NameFields fields;
    fields.project = projectName;
    fields.clip = clip.name;
    fields.performer = clip.performer;
    fields.face = version.face;
    fields.version = media::versionName(version.number);
    fields.run = version.run;
    fields.step = version.step < 0 ? "" : std::to_string(version.step);
    fields.date = date;
    return fields;
}

std::string matteBeside(const std::string& out, bool movie) {
    const size_t slash = out.rfind('/');
    const size_t name = slash == std::string::npos ? 0 : slash + 1;
    // Before the number, or before the ending.
    const size_t number = out.find('#', name);
    size_t at = number == std::string::npos ? out.rfind('.') : number;
    if (at == std::string::npos || at < name) {
        return "";
    }
    const std::string_view separators = "._-";
    while (number != std::string::npos && at > name + 1 &&
           separators.find(out[at - 1]) != std::string_view::npos) {
        --at;
    }
    std::string matte = out;
    matte.insert(at, "_matte");
    return movie ? matte : matte.substr(0, matte.rfind('.')) + ".png";
}

std::vector<std::string> deliveryArguments(const std::filesystem::path& project,
                                           const Delivery& delivery) {
    const media::VersionRecord& version = delivery.version;
    std::vector<std::string> arguments = {"--project", project.string(), "--run", version.run,
                                          "--clip",    version.clip,     "--out", delivery.out};
    const auto add = [&arguments](const std::string& option, const std::string& value) {
        if (!value.empty()) {
            arguments.insert(arguments.end(), {option, value});
        }
    };
    add("--deliver", media::versionName(version.number));
    add("--matte", delivery.matte);
    add("--checkpoint", version.step < 0 ? "" : std::to_string(version.step));
    add("--face", version.face);
    add("--frames", delivery.frames.empty() ? version.frames : delivery.frames);
    for (const auto& [option, value] : lookOfVersion(version)) {
        add(option, value);
    }
    return arguments;
}

}  // namespace understudy::training
