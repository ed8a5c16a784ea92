#include "media/color/display_views.h"

#include <OpenColorIO/OpenColorIO.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "media/base/check.h"
#include "media/color/color_transforms.h"
#include "media/frame/half.h"

namespace understudy::media {

namespace ocio = OCIO_NAMESPACE;

namespace {

float limited(float value) {
    return value > 0 ? std::min(value, 1.0F) : 0.0F;  // no number becomes 0
}

float srgbFromLinear(float light) {
    const float v = limited(light);
    return v <= 0.0031308F ? 12.92F * v : 1.055F * std::pow(v, 1 / 2.4F) - 0.055F;
}

float rec709FromLinear(float light) {
    return std::pow(limited(light), 1 / 2.4F);
}

constexpr Primaries kSamePrimaries = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};

// Primaries, then the same for red, green and blue: a table over all halves, which are finer than
// any display.
class CurveView final : public DisplayView {
  public:
    CurveView(const Primaries& primaries, float (*curve)(float))
        : primaries_(primaries), table_(65536) {
        for (uint32_t i = 0; i < table_.size(); ++i) {
            table_[i] = curve(floatFromHalf(static_cast<uint16_t>(i)));
        }
    }
    void apply(float* pixels, int count) const override {
        for (float* end = pixels + 3 * count; pixels != end; pixels += 3) {
            const std::array<float, 3> light = {mixable(pixels[0]), mixable(pixels[1]),
                                                mixable(pixels[2])};
            for (size_t c = 0; c < 3; ++c) {
                const auto& row = primaries_[c];
                const float sum = row[0] * light[0] + row[1] * light[1] + row[2] * light[2];
                pixels[c] = table_[halfFromFloat(sum)];
            }
        }
    }

  private:
    Primaries primaries_;
    std::vector<float> table_;
};

// A cube over the logarithm of light, mixed between its corners.
class CubeView final : public DisplayView {
  public:
    static constexpr int kSide = 65;
    // `fill` makes display values of kSide^3 pixels of light, red fastest.
    template <class Fill>
    explicit CubeView(Fill fill) : cube_(3 * static_cast<size_t>(kSide) * kSide * kSide) {
        size_t at = 0;
        for (int b = 0; b < kSide; ++b) {
            for (int g = 0; g < kSide; ++g) {
                for (int r = 0; r < kSide; ++r) {
                    for (const int step : {r, g, b}) {
                        cube_[at++] = lightAt(step);
                    }
                }
            }
        }
        fill(cube_.data());
        for (uint32_t i = 0; i < places_.size(); ++i) {
            places_[i] = placeOf(floatFromHalf(static_cast<uint16_t>(i)));
        }
    }

    void apply(float* pixels, int count) const override {
        for (float* end = pixels + 3 * count; pixels != end; pixels += 3) {
            mix(pixels);
        }
    }

  private:
    // Even in the darks, by stops above; what is below 0 is shown as 0, what is above kMost as it.
    static constexpr float kMost = 32;
    static constexpr float kStraight = 1024;  // 1 / kStraight is where stops begin
    static float lightAt(int step) {
        const float whole = std::log2(1 + kMost * kStraight);
        return (std::exp2(static_cast<float>(step) / (kSide - 1) * whole) - 1) / kStraight;
    }
    static float placeOf(float light) {
        const float within = light > 0 ? std::min(light, kMost) : 0.0F;
        return std::log2(1 + within * kStraight) / std::log2(1 + kMost * kStraight) * (kSide - 1);
    }

    void mix(float* pixel) const {
        std::array<int, 3> low{};
        std::array<float, 3> part{};
        for (size_t c = 0; c < 3; ++c) {
            const float place = places_[halfFromFloat(pixel[c])];
            low[c] = std::min(static_cast<int>(place), kSide - 2);
            part[c] = place - static_cast<float>(low[c]);
        }
        std::array<float, 3> sum{};
        for (int corner = 0; corner < 8; ++corner) {
            float weight = 1;
            size_t at = 0;
            for (size_t c = 3; c-- > 0;) {
                const bool high = (corner >> c & 1) != 0;
                weight *= high ? part[c] : 1 - part[c];
                at = at * kSide + static_cast<size_t>(low[c] + (high ? 1 : 0));
            }
            const float* from = cube_.data() + 3 * at;
            for (size_t c = 0; c < 3; ++c) {
                sum[c] += weight * from[c];
            }
        }
        for (size_t c = 0; c < 3; ++c) {
            pixel[c] = limited(sum[c]);
        }
    }

    std::vector<float> cube_;
    std::vector<float> places_ = std::vector<float>(65536);  // of every half, in the cube
};

struct BuiltIn {
    const char* name;
    float (*curve)(float);
    bool rec709;  // primaries
};

constexpr std::array<BuiltIn, 3> kBuiltIn = {BuiltIn{"sRGB", srgbFromLinear, true},
                                             {"Rec.709", rec709FromLinear, true},
                                             {"Raw", limited, false}};

}  // namespace

struct DisplayViews::Config {
    ocio::ConstConfigRcPtr ocio;
    std::string file;
};

DisplayViews DisplayViews::fromEnvironment() {
    const char* file = std::getenv("OCIO");
    return fromConfig(file != nullptr ? file : "");
}

DisplayViews DisplayViews::fromConfig(const std::string& file) {
    DisplayViews views;
    if (!file.empty()) {
        try {
            const ocio::ConstConfigRcPtr config = ocio::Config::CreateFromFile(file.c_str());
            const std::string usualDisplay = config->getDefaultDisplay();
            const std::string usualView = config->getDefaultView(usualDisplay.c_str());
            for (int d = 0; d < config->getNumDisplays(); ++d) {
                const char* display = config->getDisplay(d);
                for (int v = 0; v < config->getNumViews(display); ++v) {
                    views.names_.push_back({display, config->getView(display, v)});
                    if (views.names_.back() == Name{usualDisplay, usualView}) {
                        views.usual_ = views.names_.size() - 1;
                    }
                }
            }
            if (!views.names_.empty() && config->getColorSpace("scene_linear") != nullptr) {
                views.config_ = std::make_shared<const Config>(Config{config, file});
                return views;
            }
            views.notice_ = "The OpenColorIO configuration " + file +
                            " has no displays or no scene_linear role; the built-in views are used";
        } catch (const ocio::Exception& failure) {
            views.notice_ = "The OpenColorIO configuration " + file +
                            " cannot be read by OpenColorIO " + ocio::GetVersion() + ": " +
                            failure.what() + ". The built-in views are used";
        }
    }
    views.names_.clear();
    views.usual_ = 0;
    for (const BuiltIn& view : kBuiltIn) {
        views.names_.push_back({"", view.name});
    }
    return views;
}

Result<std::shared_ptr<const DisplayView>> DisplayViews::view(size_t number) const {
    US_CHECK(number < names_.size());
    if (config_ == nullptr) {
        const BuiltIn& view = kBuiltIn[number];
        return std::shared_ptr<const DisplayView>(std::make_shared<CurveView>(
            view.rec709 ? rec709FromAcescg() : kSamePrimaries, view.curve));
    }
    const Name& name = names_[number];
    try {
        const ocio::DisplayViewTransformRcPtr transform = ocio::DisplayViewTransform::Create();
        transform->setSrc("scene_linear");
        transform->setDisplay(name.display.c_str());
        transform->setView(name.view.c_str());
        const auto processor = config_->ocio->getProcessor(transform)->getDefaultCPUProcessor();
        return std::shared_ptr<const DisplayView>(std::make_shared<CubeView>([&](float* pixels) {
            ocio::PackedImageDesc cube(pixels, CubeView::kSide * CubeView::kSide, CubeView::kSide,
                                       3);
            processor->apply(cube);
        }));
    } catch (const ocio::Exception& failure) {
        return Error{
            ErrorCode::missingInput,
            "the view " + name.view + " of " + name.display + " cannot be shown: " + failure.what(),
            config_->file, "Choose another view, or complete the configuration"};
    }
}

}  // namespace understudy::media
