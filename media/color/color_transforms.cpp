#include "media/color/color_transforms.h"

#include <OpenColorIO/OpenColorIO.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <vector>

namespace understudy::media {

namespace ocio = OCIO_NAMESPACE;

namespace {

// Without OpenColorIO's fast approximations of logarithms and powers: what goes there must come
// back.
ocio::ConstCPUProcessorRcPtr exact(const ocio::ConstProcessorRcPtr& processor) {
    return processor->getOptimizedCPUProcessor(ocio::OPTIMIZATION_LOSSLESS);
}

ocio::ConstCPUProcessorRcPtr processorOf(const std::vector<std::pair<const char*, bool>>& styles) {
    const ocio::GroupTransformRcPtr group = ocio::GroupTransform::Create();
    for (const auto& [style, forward] : styles) {
        const ocio::BuiltinTransformRcPtr part = ocio::BuiltinTransform::Create();
        part->setStyle(style);
        part->setDirection(forward ? ocio::TRANSFORM_DIR_FORWARD : ocio::TRANSFORM_DIR_INVERSE);
        group->appendTransform(part);
    }
    const ocio::ConstConfigRcPtr none = ocio::Config::CreateRaw();
    return exact(none->getProcessor(group));
}

// The version that a configuration file asks for, "" if it does not say.
std::string profileVersion(const std::string& file) {
    std::ifstream stream(file);
    const std::string key = "ocio_profile_version:";
    std::string line;
    for (int i = 0; i < 40 && std::getline(stream, line); ++i) {
        if (line.rfind(key, 0) == 0) {
            const size_t begin = line.find_first_not_of(' ', key.size());
            return begin == std::string::npos ? "" : line.substr(begin);
        }
    }
    return "";
}

enum class Transfer { srgb, gamma24 };

float displayFromLinear(float value, Transfer transfer) {
    value = std::clamp(value, 0.0F, 1.0F);
    if (transfer == Transfer::gamma24) {
        return std::pow(value, 1 / 2.4F);
    }
    return value <= 0.0031308F ? 12.92F * value : 1.055F * std::pow(value, 1 / 2.4F) - 0.055F;
}

float linearFromDisplay(float value, Transfer transfer) {
    if (transfer == Transfer::gamma24) {
        return std::pow(std::max(value, 0.0F), 2.4F);
    }
    return value <= 0.04045F ? value / 12.92F : std::pow((value + 0.055F) / 1.055F, 2.4F);
}

void apply(const ocio::ConstCPUProcessorRcPtr& processor, Image& image) {
    ocio::PackedImageDesc description(image.data(), image.width(), image.height(),
                                      image.channels());
    processor->apply(description);
}

template <class Curve>
void applyCurve(Image& image, Curve curve) {
    for (int y = 0; y < image.height(); ++y) {
        float* pixel = image.row<float>(y);
        for (int x = 0; x < image.width(); ++x, pixel += image.channels()) {
            for (int c = 0; c < 3; ++c) {
                pixel[c] = curve(pixel[c]);
            }
        }
    }
}

// Curves belong to the colours themselves, not to colours times alpha.
void multiplyAlpha(Image& image, bool by) {
    for (int y = 0; image.channels() == 4 && y < image.height(); ++y) {
        float* pixel = image.row<float>(y);
        for (int x = 0; x < image.width(); ++x, pixel += 4) {
            const float alpha = pixel[3];
            if (alpha == 0) {
                continue;  // colour without alpha (a glow) is taken as it is
            }
            for (int c = 0; c < 3; ++c) {
                pixel[c] = by ? pixel[c] * alpha : pixel[c] / alpha;
            }
        }
    }
}

bool isDisplay(const std::string& name) {
    return name == "srgb" || name == "bt709" || name == "bt601";
}

bool isKnown(const std::string& name) {
    return isDisplay(name) || name == "scene_linear" || name == "acescct";
}

Transfer transferOf(const std::string& name) {
    return name == "srgb" ? Transfer::srgb : Transfer::gamma24;
}

}  // namespace

const Primaries& rec709FromAcescg() {
    static const Primaries rows = [] {
        const auto processor = processorOf({{"UTILITY - ACES-AP1_to_LINEAR-REC709_BFD", true}});
        Primaries made{};
        for (size_t column = 0; column < 3; ++column) {
            std::array<float, 3> unit{};
            unit[column] = 1;
            processor->applyRGB(unit.data());
            for (size_t row = 0; row < 3; ++row) {
                made[row][column] = unit[row];
            }
        }
        return made;
    }();
    return rows;
}

struct ColorTransforms::Processors {
    std::string name = "built-in";
    std::string notice;
    // The configuration's scene-linear role to and from ACEScg; null where it is ACEScg.
    ocio::ConstCPUProcessorRcPtr acesFromScene;
    ocio::ConstCPUProcessorRcPtr sceneFromAces;
    ocio::ConstCPUProcessorRcPtr logFromAces;
    ocio::ConstCPUProcessorRcPtr acesFromLog;
    ocio::ConstCPUProcessorRcPtr displayFromAces;  // linear Rec.709
    ocio::ConstCPUProcessorRcPtr acesFromDisplay;

    Processors()
        : logFromAces(
              processorOf({{"ACEScg_to_ACES2065-1", true}, {"ACEScct_to_ACES2065-1", false}})),
          acesFromLog(
              processorOf({{"ACEScct_to_ACES2065-1", true}, {"ACEScg_to_ACES2065-1", false}})),
          displayFromAces(processorOf({{"UTILITY - ACES-AP1_to_LINEAR-REC709_BFD", true}})),
          acesFromDisplay(processorOf({{"UTILITY - ACES-AP1_to_LINEAR-REC709_BFD", false}})) {}

    void useConfig(const std::string& file) {
        try {
            const ocio::ConstConfigRcPtr config = ocio::Config::CreateFromFile(file.c_str());
            if (config->getColorSpace("scene_linear") == nullptr) {
                notice = "The OpenColorIO configuration " + file +
                         " has no scene_linear role; ACEScg is assumed";
                return;
            }
            if (config->getColorSpace("aces_interchange") == nullptr) {
                name = file;
                notice = "The OpenColorIO configuration " + file +
                         " does not say how it connects to ACES (role aces_interchange); its "
                         "scene_linear is taken for ACEScg";
                return;
            }
            const auto toExchange = config->getProcessor("scene_linear", "aces_interchange");
            const auto fromExchange = config->getProcessor("aces_interchange", "scene_linear");
            auto there = joined(*config, toExchange->createGroupTransform(), true);
            auto back = joined(*config, fromExchange->createGroupTransform(), false);
            acesFromScene = std::move(there);
            sceneFromAces = std::move(back);
            name = file;
        } catch (const ocio::Exception& failure) {
            const std::string wanted = profileVersion(file);
            notice = "The OpenColorIO configuration " + file + " cannot be read" +
                     (wanted.empty() ? "" : " (it is written for version " + wanted + ")") +
                     " by OpenColorIO " + ocio::GetVersion() + ": " + failure.what() +
                     ". The built-in ACES transforms are used";
        }
    }

  private:
    static ocio::ConstCPUProcessorRcPtr joined(const ocio::Config& config,
                                               const ocio::GroupTransformRcPtr& group,
                                               bool toAces) {
        const ocio::BuiltinTransformRcPtr primaries = ocio::BuiltinTransform::Create();
        primaries->setStyle("ACEScg_to_ACES2065-1");
        if (toAces) {
            primaries->setDirection(ocio::TRANSFORM_DIR_INVERSE);
            group->appendTransform(primaries);
        } else {
            group->prependTransform(primaries);
        }
        return exact(config.getProcessor(group));
    }
};

ColorTransforms ColorTransforms::fromEnvironment() {
    const char* file = std::getenv("OCIO");
    return fromConfig(file != nullptr ? file : "");
}

ColorTransforms ColorTransforms::fromConfig(const std::string& file) {
    auto processors = std::make_shared<Processors>();
    if (!file.empty()) {
        processors->useConfig(file);
    }
    ColorTransforms transforms;
    transforms.processors_ = std::move(processors);
    return transforms;
}

const std::string& ColorTransforms::notice() const {
    return processors_->notice;
}

const std::string& ColorTransforms::name() const {
    return processors_->name;
}

Result<Image> ColorTransforms::convert(const Image& image, const ColorEncoding& from,
                                       const ColorEncoding& to) const {
    Image out = toFloat(image);
    if (from == to) {
        return out;
    }
    for (const ColorEncoding& encoding : {from, to}) {
        if (!isKnown(encoding.name) || image.channels() < 3) {
            return Error{ErrorCode::usage,
                         "colours cannot be converted from " + from.name + " to " + to.name, "",
                         "Use scene_linear, acescct, srgb, bt709 or bt601"};
        }
    }
    const Processors& processors = *processors_;
    multiplyAlpha(out, false);
    if (from.name == "acescct") {
        apply(processors.acesFromLog, out);
    } else if (isDisplay(from.name)) {
        applyCurve(out, [transfer = transferOf(from.name)](float v) {
            return linearFromDisplay(v, transfer);
        });
        apply(processors.acesFromDisplay, out);
    } else if (processors.acesFromScene != nullptr) {
        apply(processors.acesFromScene, out);
    }
    if (to.name == "acescct") {
        apply(processors.logFromAces, out);
    } else if (isDisplay(to.name)) {
        apply(processors.displayFromAces, out);
        applyCurve(out, [transfer = transferOf(to.name)](float v) {
            return displayFromLinear(v, transfer);
        });
    } else if (processors.sceneFromAces != nullptr) {
        apply(processors.sceneFromAces, out);
    }
    multiplyAlpha(out, true);
    return out;
}

}  // namespace understudy::media
