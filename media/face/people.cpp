#include "media/face/people.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>

#include "media/face/face_print.h"

namespace understudy::media {

namespace {

constexpr FrameNumber kLongestBlink = 4;  // frames without a face that a stretch goes on over
constexpr double kLongestJump = 0.9;      // face sizes from frame to frame
constexpr double kCarried = 0.2;          // face sizes between where flow comes from and a face
constexpr double kAlikeInMotion = 0.8;    // of neighbours in time that no flow connects
constexpr double kAlikeAlone = 0.8;       // of one person, where two are never seen at once
constexpr double kBeyondOthers = 0.45;    // else so far from what others are towards 1
constexpr double kClearly = 0.1;          // more alike than anybody else
constexpr double kUnknown = 0.95;         // of faces without a look to compare
constexpr double kGoesOn = 0.1;           // what going on in the same place counts for
constexpr double kGoesOnAtOnce = 0.25;    // without a pause
constexpr FrameNumber kLongestAway = 48;  // frames after which a place means nothing
constexpr size_t kBest = 8;               // place of the pair of prints that counts
constexpr size_t kPrints = 12;            // of a stretch
constexpr size_t kMostStretches = 256;    // of which each is compared with each
constexpr size_t kFewestFrames = 5;

double sizeOf(const FaceFound& face) {
    return 1.7 * interOcularDistance(face.landmarks);
}

// Distance in face sizes, discounted after a gap, though not so far that anyone may have come from
// anywhere.
double jump(const FaceFound& from, const FaceFound& to, FrameNumber frames) {
    const double size = std::max(1.0, (sizeOf(from) + sizeOf(to)) / 2);
    const double ratio =
        std::abs(std::log(std::max(1.0, sizeOf(to)) / std::max(1.0, sizeOf(from))));
    return (distance(from.landmarks[30], to.landmarks[30]) / size + ratio) /
           (1 + 0.25 * static_cast<double>(std::min<FrameNumber>(frames - 1, 4)));
}

// A face of a frame, by indices.
struct Place {
    size_t frame = 0;
    size_t face = 0;
};

using Prints = std::vector<FacePrint>;

// Of those pairs that are in the most similar poses; nothing where there is nothing to compare.
std::optional<double> alikeness(const Prints& a, const Prints& b) {
    std::vector<double> each;
    for (const FacePrint& one : a) {
        for (const FacePrint& other : b) {
            each.push_back(alikeness(one, other));
        }
    }
    if (each.empty()) {
        return std::nullopt;
    }
    // Not the best of all, which may be chance.
    const auto place = each.begin() + static_cast<std::ptrdiff_t>(std::min(each.size() / 3, kBest));
    std::nth_element(each.begin(), place, each.end(), std::greater<>());
    return *place;
}

class Sorter {
  public:
    Sorter(std::span<const FrameFaces> frames, int width, int height)
        : frames_(frames), width_(width), height_(height) {}

    std::vector<Person> run() {
        makeStretches();
        keepLongest();
        joinStretches();
        std::vector<Person> people;
        const double largest = largestFace();
        for (const std::vector<Place>& stretch : stretches_) {
            if (!stretch.empty()) {
                people.push_back(personOf(stretch, largest));
            }
        }
        std::stable_sort(people.begin(), people.end(),
                         [](const Person& a, const Person& b) { return a.weight > b.weight; });
        if (!people.empty()) {
            people.erase(std::remove_if(people.begin() + 1, people.end(),
                                        [](const Person& one) {
                                            return one.frames < static_cast<int64_t>(kFewestFrames);
                                        }),
                         people.end());
        }
        return people;
    }

  private:
    const FaceFound& at(Place place) const { return frames_[place.frame].faces[place.face]; }
    FrameNumber numberOf(Place place) const { return frames_[place.frame].number; }

    // How far it is from the end of a stretch to a face, or nothing where they do not belong
    // together.
    std::optional<double> stepCost(Place last, Place next) const {
        const FaceFound& from = at(last);
        const FaceFound& to = at(next);
        const FrameNumber frames = numberOf(next) - numberOf(last);
        if (to.afterCut) {
            return std::nullopt;
        }
        if (to.hasMotion && frames == 1) {
            const double carried =
                distance(to.before[30], from.landmarks[30]) / std::max(1.0, sizeOf(from));
            if (carried < kCarried) {
                return carried - 1;  // before any that only lies near
            }
        }
        const double moved = jump(from, to, frames);
        if (moved >= kLongestJump) {
            return std::nullopt;
        }
        const auto before = facePrint(from.look);
        const auto after = facePrint(to.look);
        if (before && after && alikeness(*before, *after) < kAlikeInMotion) {
            return std::nullopt;
        }
        return moved;
    }

    void makeStretches() {
        std::vector<size_t> open;  // stretches that may go on
        for (size_t f = 0; f < frames_.size(); ++f) {
            std::erase_if(open, [&](size_t s) {
                return frames_[f].number - numberOf(stretches_[s].back()) > kLongestBlink + 1;
            });
            struct Step {
                double cost;
                size_t stretch;
                size_t face;
            };
            std::vector<Step> steps;
            for (const size_t s : open) {
                for (size_t k = 0; k < frames_[f].faces.size(); ++k) {
                    if (const auto cost = stepCost(stretches_[s].back(), {f, k})) {
                        steps.push_back({*cost, s, k});
                    }
                }
            }
            std::stable_sort(steps.begin(), steps.end(),
                             [](const Step& a, const Step& b) { return a.cost < b.cost; });
            std::vector<bool> taken(frames_[f].faces.size());
            for (const Step& step : steps) {
                if (!taken[step.face] && stretches_[step.stretch].back().frame != f) {
                    stretches_[step.stretch].push_back({f, step.face});
                    taken[step.face] = true;
                }
            }
            for (size_t k = 0; k < taken.size(); ++k) {
                if (!taken[k]) {
                    open.push_back(stretches_.size());
                    stretches_.push_back({{f, k}});
                }
            }
        }
    }

    // Each is compared with each: of very many, most are no faces.
    void keepLongest() {
        if (stretches_.size() <= kMostStretches) {
            return;
        }
        std::stable_sort(stretches_.begin(), stretches_.end(),
                         [](const auto& a, const auto& b) { return a.size() > b.size(); });
        shorter_.assign(stretches_.begin() + kMostStretches, stretches_.end());
        stretches_.resize(kMostStretches);
        std::stable_sort(stretches_.begin(), stretches_.end(), [](const auto& a, const auto& b) {
            return a.front().frame < b.front().frame;
        });
    }

    // Of a clip of many shots: each that was too many to be compared with all others goes to the
    // one whom it is most like.
    void joinShorter(std::vector<Prints>& prints, double enough) {
        for (const std::vector<Place>& stretch : shorter_) {
            const Prints own = printsOf(stretch);
            double best = enough;
            std::optional<size_t> who;
            for (size_t i = 0; i < stretches_.size(); ++i) {
                if (stretches_[i].empty() || !apart(stretches_[i], stretch)) {
                    continue;
                }
                const double alike = alikeness(prints[i], own).value_or(kUnknown) +
                                     continuation(stretches_[i], stretch);
                if (alike >= best) {
                    best = alike;
                    who = i;
                }
            }
            stretches_.push_back(stretch);
            prints.push_back(own);
            if (who) {
                join(*who, stretches_.size() - 1, prints);
            }
        }
    }

    Prints printsOf(const std::vector<Place>& stretch) const {
        Prints prints;
        const size_t step = (stretch.size() + kPrints - 1) / kPrints;
        for (size_t i = step / 2; i < stretch.size(); i += step) {
            if (const auto print = facePrint(at(stretch[i]).look)) {
                prints.push_back(*print);
            }
        }
        return prints;
    }

    static Prints together(Prints a, const Prints& b) {
        a.insert(a.end(), b.begin(), b.end());
        if (a.size() <= 2 * kPrints) {
            return a;
        }
        Prints half;
        for (size_t i = 0; i < a.size(); i += 2) {
            half.push_back(a[i]);
        }
        return half;
    }

    static bool apart(const std::vector<Place>& a, const std::vector<Place>& b) {
        size_t i = 0, j = 0;
        while (i < a.size() && j < b.size()) {
            if (a[i].frame == b[j].frame) {
                return false;
            }
            a[i].frame < b[j].frame ? ++i : ++j;
        }
        return true;
    }

    // What it counts for that one goes on where the other ends, or in a pause of it.
    double continuation(const std::vector<Place>& a, const std::vector<Place>& b) const {
        const std::vector<Place>& within = a.size() < b.size() ? a : b;
        const std::vector<Place>& around = a.size() < b.size() ? b : a;
        const auto after = std::find_if(around.begin(), around.end(), [&](Place place) {
            return place.frame > within.front().frame;
        });
        double best = 0;
        if (after != around.begin()) {
            best = continuation(*(after - 1), within.front());
        }
        if (after != around.end() && after->frame > within.back().frame) {
            best = std::max(best, continuation(within.back(), *after));
        }
        return best;
    }

    double continuation(Place end, Place begin) const {
        const FrameNumber frames = numberOf(begin) - numberOf(end);
        if (frames > kLongestAway || at(begin).afterCut ||
            jump(at(end), at(begin), frames) >= kLongestJump) {
            return 0;
        }
        return frames <= kLongestBlink + 1 ? kGoesOnAtOnce : kGoesOn;
    }

    struct Pair {
        size_t a = 0;
        size_t b = 0;
        double alike = 0;
    };

    // Everything that could be one person: never in the same frame. `known` has how alike those are
    // that are not: they share a frame, and show how alike different people are here, in this light
    // and at this sharpness.
    std::vector<Pair> pairs(const std::vector<Prints>& prints, std::optional<double>& known) const {
        std::vector<Pair> all;
        known.reset();
        for (size_t a = 0; a < stretches_.size(); ++a) {
            for (size_t b = a + 1; b < stretches_.size(); ++b) {
                if (stretches_[a].empty() || stretches_[b].empty()) {
                    continue;
                }
                const auto alike = alikeness(prints[a], prints[b]);
                if (apart(stretches_[a], stretches_[b])) {
                    all.push_back(
                        {a, b,
                         alike.value_or(kUnknown) + continuation(stretches_[a], stretches_[b])});
                } else if (std::min(stretches_[a].size(), stretches_[b].size()) >= kFewestFrames) {
                    known = std::max(known.value_or(-1), alike.value_or(-1));
                }
            }
        }
        return all;
    }

    // How much more alike the pair is than either is to anybody else whom it could be.
    double margin(const Pair& pair, const std::vector<Prints>& prints) const {
        double other = -1;
        for (size_t c = 0; c < stretches_.size(); ++c) {
            if (c == pair.a || c == pair.b || stretches_[c].size() < kFewestFrames) {
                continue;
            }
            for (const size_t one : {pair.a, pair.b}) {
                if (apart(stretches_[one], stretches_[c])) {
                    other = std::max(other, alikeness(prints[one], prints[c]).value_or(-1));
                }
            }
        }
        return pair.alike - other;
    }

    // The most alike first, until no two are alike enough; then those that are at least more alike
    // than different people are, and than anybody else is.
    void joinStretches() {
        std::vector<Prints> prints;
        for (const auto& stretch : stretches_) {
            prints.push_back(printsOf(stretch));
        }
        std::optional<double> different;
        std::vector<Pair> open = pairs(prints, different);
        const double enough =
            different ? std::clamp(*different + kBeyondOthers * (1 - *different), 0.75, 0.92)
                      : kAlikeAlone;
        joinLongest(std::move(open), different, enough, prints);
        joinShorter(prints, enough);
    }

    void joinLongest(std::vector<Pair> open, std::optional<double> different, double enough,
                     std::vector<Prints>& prints) {
        while (!open.empty()) {
            auto best =
                std::max_element(open.begin(), open.end(),
                                 [](const Pair& x, const Pair& y) { return x.alike < y.alike; });
            if (best->alike < enough) {
                best = std::find_if(open.begin(), open.end(), [&](const Pair& pair) {
                    return different && pair.alike > *different && margin(pair, prints) > kClearly;
                });
                if (best == open.end()) {
                    return;
                }
            }
            join(best->a, best->b, prints);
            const size_t joined = best->a;
            const size_t gone = best->b;
            std::erase_if(open, [&](Pair& pair) {
                if (pair.a == gone || pair.b == gone ||
                    !apart(stretches_[pair.a], stretches_[pair.b])) {
                    return true;
                }
                if (pair.a == joined || pair.b == joined) {
                    pair.alike = alikeness(prints[pair.a], prints[pair.b]).value_or(kUnknown) +
                                 continuation(stretches_[pair.a], stretches_[pair.b]);
                }
                return false;
            });
        }
    }

    void join(size_t a, size_t b, std::vector<Prints>& prints) {
        std::vector<Place> both;
        std::merge(stretches_[a].begin(), stretches_[a].end(), stretches_[b].begin(),
                   stretches_[b].end(), std::back_inserter(both),
                   [](Place x, Place y) { return x.frame < y.frame; });
        stretches_[a] = std::move(both);
        stretches_[b].clear();
        prints[a] = together(prints[a], prints[b]);
        prints[b].clear();
    }

    double largestFace() const {
        double largest = 1;
        for (const FrameFaces& frame : frames_) {
            for (const FaceFound& face : frame.faces) {
                largest = std::max(largest, sizeOf(face));
            }
        }
        return largest;
    }

    Person personOf(const std::vector<Place>& stretch, double largest) const {
        Person person;
        person.faces.resize(frames_.size());
        person.frames = static_cast<int64_t>(stretch.size());
        person.first = numberOf(stretch.front());
        person.last = numberOf(stretch.back());
        for (const Place place : stretch) {
            const FaceFound& face = at(place);
            person.faces[place.frame] = place.face;
            person.size += sizeOf(face) / static_cast<double>(stretch.size());
            const Point nose = face.landmarks[30];
            const double off =
                std::hypot((nose.x - width_ / 2.0) / width_, (nose.y - height_ / 2.0) / height_);
            person.weight += face.confidence * (0.4 + 0.6 * sizeOf(face) / largest) *
                             (1 - 0.3 * std::min(1.0, off));
        }
        return person;
    }

    std::span<const FrameFaces> frames_;
    int width_;
    int height_;
    std::vector<std::vector<Place>> stretches_;  // in the order of frames; empty once joined
    std::vector<std::vector<Place>> shorter_;    // than the longest
};

}  // namespace

std::vector<Person> findPeople(std::span<const FrameFaces> frames, int width, int height) {
    return Sorter(frames, width, height).run();
}

std::vector<std::optional<size_t>> chooseTrack(std::span<const FrameFaces> frames, int width,
                                               int height) {
    std::vector<Person> people = findPeople(frames, width, height);
    return people.empty() ? std::vector<std::optional<size_t>>(frames.size())
                          : std::move(people.front().faces);
}

}  // namespace understudy::media
