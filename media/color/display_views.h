// How scene-linear light is shown on a screen: the displays and views of an OpenColorIO
// configuration, or three built-in ones. OpenColorIO stays behind this class, as behind
// ColorTransforms; what it does becomes a table, so that a frame is shown in some milliseconds.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "media/base/result.h"

namespace understudy::media {

// From light to what a display shows. Any thread.
class DisplayView {
  public:
    virtual ~DisplayView() = default;
    // Of `count` pixels of three values each: scene-linear ones, from -inf to inf, become display
    // values from 0 to 1. What is not a number becomes 0.
    virtual void apply(float* pixels, int count) const = 0;
};

class DisplayViews {
  public:
    struct Name {
        std::string display;  // empty: built in
        std::string view;
        bool operator==(const Name&) const = default;
    };

    // With the configuration that $OCIO names. Never fails: what is wrong with it is in notice().
    static DisplayViews fromEnvironment();
    // With the configuration in `file`; the built-in ones where it is empty or cannot be used.
    static DisplayViews fromConfig(const std::string& file);

    const std::string& notice() const { return notice_; }
    // As the configuration orders them: sRGB, Rec.709, Raw where there is none.
    const std::vector<Name>& names() const { return names_; }
    // What is shown before anybody has chosen, in names().
    size_t usual() const { return usual_; }

    // Takes some ten milliseconds where it comes from a configuration. Errors: missingInput for
    // what the configuration cannot do, such as a table that is not there.
    Result<std::shared_ptr<const DisplayView>> view(size_t number) const;

  private:
    struct Config;

    std::shared_ptr<const Config> config_;  // null: built in
    std::string notice_;
    std::vector<Name> names_;
    size_t usual_ = 0;
};

}  // namespace understudy::media
