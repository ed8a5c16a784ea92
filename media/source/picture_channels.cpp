#include "media/source/picture_channels.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace understudy::media {

namespace {

using Why = PictureChannels::Why;

struct Layer {
    std::string name;
    std::array<int, 4> channels = {-1, -1, -1, -1};
};

std::string lowered(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

// 0 to 3 for R, G, B, A; -1 for another.
int colorOf(const std::string& component) {
    static constexpr std::array<std::string_view, 8> kNames = {"r",   "g",     "b",    "a",
                                                               "red", "green", "blue", "alpha"};
    const auto found = std::find(kNames.begin(), kNames.end(), lowered(component));
    return found == kNames.end() ? -1 : static_cast<int>((found - kNames.begin()) % 4);
}

std::vector<Layer> layersOf(const std::vector<std::string>& names) {
    std::vector<Layer> layers;
    for (size_t i = 0; i < names.size(); ++i) {
        const size_t dot = names[i].find_last_of('.');
        const std::string name = dot == std::string::npos ? "" : names[i].substr(0, dot);
        const int color = colorOf(dot == std::string::npos ? names[i] : names[i].substr(dot + 1));
        if (color < 0) {
            continue;
        }
        auto layer = std::find_if(layers.begin(), layers.end(),
                                  [&name](const Layer& one) { return one.name == name; });
        if (layer == layers.end()) {
            layer = layers.insert(layer, Layer{name});
        }
        int& place = layer->channels[static_cast<size_t>(color)];
        place = place < 0 ? static_cast<int>(i) : place;
    }
    std::erase_if(layers, [](const Layer& layer) {
        return std::any_of(layer.channels.begin(), layer.channels.begin() + 3,
                           [](int channel) { return channel < 0; });
    });
    return layers;
}

Why whyOf(const std::string& layer) {
    static constexpr std::array<std::string_view, 8> kPictures = {
        "rgba", "rgb", "beauty", "combined", "composite", "color", "colour", "main"};
    if (layer.empty()) {
        return Why::unnamed;
    }
    const std::string last = lowered(layer.substr(layer.find_last_of('.') + 1));
    const bool called = std::find(kPictures.begin(), kPictures.end(), last) != kPictures.end();
    return called ? Why::calledSo : Why::first;
}

std::optional<PictureChannels> greyOf(const std::vector<std::string>& names) {
    const auto has = [&names](const char* name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    auto grey = std::find(names.begin(), names.end(), "Y");
    if (has("RY") || has("BY") || (grey == names.end() && names.size() != 1)) {
        return std::nullopt;
    }
    grey = grey == names.end() ? names.begin() : grey;
    PictureChannels channels;
    channels.begin = static_cast<int>(grey - names.begin());
    channels.end = channels.begin + 1;
    channels.count = 1;
    channels.why = Why::grey;
    return channels;
}

}  // namespace

std::optional<PictureChannels> chooseChannels(const std::vector<std::string>& names,
                                              const std::string& part) {
    std::vector<Layer> layers = layersOf(names);
    for (Layer& layer : layers) {
        layer.name = layer.name.empty() ? part : layer.name;
    }
    const auto best = std::min_element(
        layers.begin(), layers.end(),
        [](const Layer& a, const Layer& b) { return whyOf(a.name) < whyOf(b.name); });
    if (best == layers.end()) {
        return greyOf(names);
    }
    PictureChannels channels;
    channels.count = best->channels[3] >= 0 ? 4 : 3;
    const auto* first = best->channels.begin();
    channels.begin = *std::min_element(first, first + channels.count);
    channels.end = *std::max_element(first, first + channels.count) + 1;
    for (size_t c = 0; c < static_cast<size_t>(channels.count); ++c) {
        channels.order[c] = best->channels[c] - channels.begin;
    }
    channels.layer = best->name;
    channels.why = whyOf(best->name);
    for (auto layer = layers.begin(); layer != layers.end(); ++layer) {
        if (layer != best) {
            channels.others.push_back(layer->name);
        }
    }
    return channels;
}

}  // namespace understudy::media
