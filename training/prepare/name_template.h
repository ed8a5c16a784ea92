// How the files of a delivery are named: words and tokens in braces, resolved for each clip. One
// place for the window and the command line, so that both write and refuse the same names.
//
// Folders may be part of the name, with /. The ending is the format's and no part of it.
#pragma once

#include <string>
#include <vector>

#include "media/base/result.h"

namespace understudy::training {

// What the tokens stand for. Letters in them that no file's name should have become '_'.
struct NameFields {
    std::string project;    // {project}
    std::string clip;       // {clip}, {shot}
    std::string performer;  // {performer}: whose plate it is
    std::string face;       // {face}: whose face appears
    std::string version;    // {version}: "v003"
    std::string run;        // {run}
    std::string step;       // {step}: of the checkpoint
    std::string date;       // {date}: "2026-03-12"
};

struct NameToken {
    std::string name;  // without braces
    std::string says;  // for people
};
// In the order in which they are offered.
const std::vector<NameToken>& nameTokens();

class NameTemplate {
  public:
    static constexpr size_t kMostName = 200;  // bytes between two /, room for number and ending

    // Errors: usage, for a token that there is not (naming those there are), a brace without its
    // other one, letters that no file's name should have, names of nothing, "..", an absolute path.
    static Result<NameTemplate> parse(const std::string& text);

    const std::string& text() const { return text_; }
    // Whether a sequence gets its numbers from it.
    bool hasFrame() const;

    // The name below the folder that is delivered to, with `ending` (".exr", ".mp4"). Of a sequence
    // with #### for {frame} (or as many as {frame:6} asks for), which must be there; of a movie
    // without {frame} and what separates it. Errors: usage, for a sequence without {frame}, names
    // that are too long.
    Result<std::string> resolve(const NameFields& fields, const std::string& ending,
                                bool movie) const;

  private:
    struct Part {
        std::string words;
        std::string token;  // where it is one; words are then empty
        int digits = 0;     // of {frame}
    };

    explicit NameTemplate(std::string text) : text_(std::move(text)) {}
    static Result<Part> partOf(const std::string& inBraces);
    Status checkWords() const;

    std::string text_;
    std::vector<Part> parts_;
};

}  // namespace understudy::training
