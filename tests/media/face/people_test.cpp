// People told apart on rendered performers side by side: through turns, a hand that passes, a cut
// after which they have changed places, and an absence.
#include "media/face/people.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <map>

#include "tests/media/face/rendered_take.h"

using namespace understudy;
using namespace understudy::media;

namespace {

constexpr int kWidth = 320;
constexpr int kHeight = 240;

// One frame of a two-shot: who is on which side, nobody for nothing.
struct Seats {
    const Image* left = nullptr;
    const Image* right = nullptr;
};

Image twoShot(const Seats& seats) {
    Image both(2 * kWidth, kHeight, 3, SampleType::u8);
    int x = 0;
    for (const Image* one : {seats.left, seats.right}) {
        for (int y = 0; one != nullptr && y < kHeight; ++y) {
            std::memcpy(both.row<uint8_t>(y) + 3 * x, one->row<uint8_t>(y), 3 * kWidth);
        }
        x += kWidth;
    }
    return both;
}

// The share of a person's faces that belong to the performer who most of them are of; truth says
// who sits left and right in each frame, 0 for nobody.
double purity(const Person& person, const std::vector<FrameFaces>& found,
              const std::vector<std::array<int, 2>>& truth, int& who) {
    std::map<int, int> counts;
    for (size_t i = 0; i < person.faces.size(); ++i) {
        if (person.faces[i]) {
            const Point nose = found[i].faces[*person.faces[i]].landmarks[30];
            ++counts[truth[i][nose.x < kWidth ? 0 : 1]];
        }
    }
    const auto most = std::max_element(counts.begin(), counts.end(),
                                       [](auto& a, auto& b) { return a.second < b.second; });
    who = most->first;
    return static_cast<double>(most->second) / static_cast<double>(person.frames);
}

}  // namespace

TEST_CASE("two people stay who they are through turns, a hand, a cut and an absence") {
    for (const auto& [first, second] : {std::pair{3u, 6u}, std::pair{8u, 21u}}) {
        TakeOptions options;
        options.frames = 96;
        options.seed = 4;
        options.passingHand = true;
        const tests::RenderedTake one = tests::renderedTake(first, options);
        options.seed = 9;
        options.passingHand = false;
        const tests::RenderedTake other = tests::renderedTake(second, options);
        std::vector<Image> pictures;
        std::vector<std::array<int, 2>> truth;
        for (size_t i = 0; i < 96; ++i) {
            const Image* a = &one.frames[i].picture;
            const Image* b = &other.frames[i].picture;
            const bool swapped = i >= 56;
            const bool away = i >= 30 && i < 40;  // the second one
            const Seats seats = swapped ? Seats{b, a} : Seats{a, away ? nullptr : b};
            pictures.push_back(twoShot(seats));
            truth.push_back({swapped ? 2 : 1, swapped ? 1 : away ? 0 : 2});
        }
        const std::vector<FrameFaces> found = tests::searched(pictures);
        const std::vector<Person> people = findPeople(found, 2 * kWidth, kHeight);
        INFO("performers " << first << " and " << second);
        REQUIRE(people.size() == 2);
        std::array<int, 2> who{};
        for (size_t p = 0; p < 2; ++p) {
            CHECK(purity(people[p], found, truth, who[p]) == 1);
        }
        CHECK(who[0] != who[1]);
        CHECK(people[0].frames + people[1].frames >= 96 + 86 - 10);
        CHECK(people[0].first <= 2);
        CHECK(people[0].last >= 95);
    }
}

TEST_CASE("one person alone stays one person") {
    TakeOptions options;
    options.frames = 96;
    options.seed = 2;
    options.passingHand = true;
    for (const uint64_t identity : {3, 12}) {
        std::vector<Image> pictures;
        for (const RenderedFrame& frame : tests::renderedTake(identity, options).frames) {
            pictures.push_back(frame.picture);
        }
        pictures.erase(pictures.begin() + 40, pictures.begin() + 52);  // a jump cut
        const std::vector<FrameFaces> found = tests::searched(pictures);
        const std::vector<Person> people = findPeople(found, kWidth, kHeight);
        REQUIRE(people.size() == 1);
        CHECK(people[0].frames >= 82);
    }
    CHECK(findPeople({}, kWidth, kHeight).empty());
}

TEST_CASE("somebody in more shots than are compared with each other stays one person") {
    TakeOptions options;
    options.frames = 12;
    options.seed = 2;
    std::vector<Image> pictures;
    for (const RenderedFrame& frame : tests::renderedTake(3, options).frames) {
        pictures.push_back(frame.picture);
    }
    const std::vector<FrameFaces> shot = tests::searched(pictures);
    std::vector<FrameFaces> film;
    for (int times = 0; times < 300; ++times) {
        for (size_t i = 0; i < shot.size(); ++i) {
            FrameFaces frame{static_cast<FrameNumber>(film.size()) + 1, shot[i].faces};
            for (FaceFound& face : frame.faces) {
                if (i == 0) {
                    face.hasMotion = false;
                    face.afterCut = true;
                }
            }
            film.push_back(std::move(frame));
        }
    }
    const std::vector<Person> people = findPeople(film, kWidth, kHeight);
    REQUIRE(people.size() == 1);
    CHECK(people[0].frames == static_cast<int64_t>(film.size()));
}
