#include "media/synthetic/performance.h"

#include <algorithm>
#include <cmath>

#include "media/base/philox.h"

namespace understudy::media {
namespace {

constexpr float kDegree = 0.0174533f;
constexpr float kMostYaw = 35 * kDegree;
constexpr float kMostPitch = 20 * kDegree;

// A value that goes from one target to the next; targets must begin one after the other.
class Track {
  public:
    explicit Track(float start = 0) : value_(start) {}

    // At `time` it sets out for `target` and arrives after `duration`.
    void add(double time, double duration, float target) {
        moves_.push_back({time, duration, target});
    }
    float at(double time) const {
        float value = value_;
        for (const Move& move : moves_) {
            if (time <= move.time) {
                break;
            }
            // The path of least jerk, which limbs and heads take (Flash and Hogan 1985).
            const double t = std::min(1.0, (time - move.time) / move.duration);
            const double way = t * t * t * (10 + t * (6 * t - 15));
            value += (move.target - value) * static_cast<float>(way);
        }
        return value;
    }

  private:
    struct Move {
        double time, duration;
        float target;
    };
    float value_;
    std::vector<Move> moves_;
};

// Everything that moves in a take, drawn once.
struct Score {
    Track yaw, pitch, roll, lookX, lookY, blink, jaw, pucker, smile, raise, frown;
};

class Composer {
  public:
    Composer(uint64_t seed, double seconds) : seed_(seed), seconds_(seconds) {}

    Score compose() {
        begin(0);
        score_.yaw = Track(between(-12, 12) * kDegree);
        score_.pitch = Track(between(-5, 5) * kDegree);
        head();
        begin(1);
        blinks();
        begin(2);
        speech();
        begin(3);
        moods();
        return score_;
    }

  private:
    // Numbers of its own for each part, so that a longer take begins like a shorter one.
    void begin(uint32_t part) {
        random_ = RandomSequence({seed_, 0, part, RandomStream::performance});
    }
    float between(double low, double high) {
        return static_cast<float>(random_.uniform(low, high));
    }

    double seconds(double low, double high) { return random_.uniform(low, high); }

    // Eyes go first, the head follows what they look at. Where to is drawn so that a few turns
    // already reach all over the range: low-discrepancy steps by the golden ratio's kin.
    void head() {
        constexpr double kStepYaw = 0.7548776662, kStepPitch = 0.5698402910;
        const double startYaw = random_.uniform(), startPitch = random_.uniform();
        float yaw = score_.yaw.at(0);
        double time = seconds(0.05, 0.3);
        for (int turn = 0; time < seconds_; ++turn) {
            const float nextYaw = towardsFront(startYaw + turn * kStepYaw) * kMostYaw;
            const float nextPitch = towardsFront(startPitch + turn * kStepPitch) * kMostPitch;
            const double turning = 0.30 + 0.7 * std::abs(nextYaw - yaw) + seconds(0, 0.15);
            score_.lookX.add(time, 0.06, nextYaw * between(0.95, 1.3) + between(-4, 4) * kDegree);
            score_.lookY.add(time, 0.06, nextPitch + between(-4, 4) * kDegree);
            const double follows = time + seconds(0.03, 0.10);
            score_.yaw.add(follows, turning, nextYaw);
            score_.pitch.add(follows, turning, nextPitch);
            score_.roll.add(follows, turning, -0.15f * nextYaw + between(-5, 5) * kDegree);
            yaw = nextYaw;
            time = follows + turning + seconds(0.05, 0.6);
        }
    }

    // [-1, 1] from what is left of 1, more often near 0: people look ahead more than aside.
    static float towardsFront(double place) {
        const auto even = static_cast<float>(2 * std::fmod(place, 1.0) - 1);
        return even * std::pow(std::abs(even), 0.6f);
    }

    void blinks() {
        double time = seconds(0.4, 2);
        while (time < seconds_) {
            score_.blink.add(time, 0.09, 1);
            score_.blink.add(time + 0.12, 0.16, 0);
            time += random_.chance(0.15) ? seconds(0.35, 0.5) : seconds(1.4, 4.5);
        }
    }

    // Phrases of syllables, with brows that stress some, and pauses.
    void speech() {
        double time = seconds(0.1, 0.9);
        while (time < seconds_) {
            const double phraseEnds = time + seconds(0.9, 3.2);
            if (random_.chance(0.45)) {
                score_.raise.add(time, 0.25, between(0.4, 1));
                score_.raise.add(time + seconds(0.4, 0.8), 0.4, 0);
            }
            while (time < phraseEnds) {
                const double syllable = seconds(0.15, 0.27);
                score_.jaw.add(time, 0.45 * syllable, between(0.14, 0.78));
                score_.pucker.add(time, 0.6 * syllable,
                                  random_.chance(0.35) ? between(0.3, 0.9) : 0.0f);
                score_.jaw.add(time + 0.5 * syllable, 0.5 * syllable, between(0.02, 0.2));
                time += syllable;
            }
            score_.jaw.add(time, 0.16, random_.chance(0.2) ? 0.12f : 0.0f);
            score_.pucker.add(time, 0.2, 0);
            time += seconds(0.3, 1.4);
        }
    }

    void moods() {
        double time = seconds(0.3, 1.5);
        while (time < seconds_) {
            const bool smiles = random_.chance(0.5);
            const bool sulks = !smiles && random_.chance(0.3);
            score_.smile.add(time, 0.45, smiles ? between(0.45, 1) : sulks ? -0.35f : 0.0f);
            score_.frown.add(time, 0.4, !smiles && random_.chance(0.4) ? between(0.4, 1) : 0.0f);
            time += seconds(0.9, 2.4);
        }
    }

    uint64_t seed_;
    double seconds_;
    RandomSequence random_{RandomKey{}};
    Score score_;
};

// Slow wandering in [-1, 1].
float drift(double time, double period, int which, uint32_t seed) {
    return fractal({static_cast<float>(time / period), 17.3f * static_cast<float>(which), 0.5f}, 2,
                   seed) *
           1.3f;
}

HeadPose poseAt(const Score& score, double time, uint32_t seed) {
    HeadPose pose;
    pose.yaw = clamped(score.yaw.at(time) + 1.2f * kDegree * drift(time, 0.9, 1, seed), -kMostYaw,
                       kMostYaw);
    pose.pitch = clamped(score.pitch.at(time) + 1.2f * kDegree * drift(time, 0.8, 2, seed),
                         -kMostPitch, kMostPitch);
    pose.roll = score.roll.at(time) + 1.0f * kDegree * drift(time, 1.1, 3, seed);
    pose.offset = {1.6f * drift(time, 2.5, 4, seed), 0.7f * drift(time, 2.1, 5, seed),
                   1.5f * drift(time, 3.0, 6, seed)};
    return pose;
}

Expression expressionAt(const Score& score, double time, const HeadPose& pose) {
    constexpr float kMostGaze = 0.42f;
    Expression e;
    e.blink = score.blink.at(time);
    e.jawOpen = score.jaw.at(time);
    e.pucker = score.pucker.at(time);
    e.smile = score.smile.at(time);
    e.squint = 0.5f * std::max(0.0f, e.smile);
    e.browRaise = score.raise.at(time);
    e.browFrown = score.frown.at(time) * (1 - e.browRaise);
    e.gazeX = clamped(score.lookX.at(time) - pose.yaw, -kMostGaze, kMostGaze);
    e.gazeY = clamped(score.lookY.at(time) - pose.pitch, -0.6f * kMostGaze, 0.6f * kMostGaze);
    return e;
}

// A key light from the front to the side, warm or cool, over a softer sky.
Lighting lightOf(RandomSequence& random) {
    const auto between = [&random](double low, double high) {
        return static_cast<float>(random.uniform(low, high));
    };
    Lighting light;
    const float aside = between(-50, 50) * kDegree;
    const float height = between(12, 48) * kDegree;
    light.toKey = {std::sin(aside) * std::cos(height), std::sin(height),
                   std::cos(aside) * std::cos(height)};
    const float warmth = between(-0.07, 0.10);
    const float strength = between(1.55, 1.85);
    light.key = Vec3{1 + warmth, 0.95f, 0.90f - warmth} * strength;
    const float fill = between(0.85, 1.25);
    light.sky = light.sky * fill;
    light.ground = light.ground * fill;
    return light;
}

// In from below, before the face for a while, and out again.
Occluder handAt(double part, float side) {
    Occluder hand;
    constexpr double kFrom = 0.44, kTo = 0.60, kWay = 0.05;
    if (part < kFrom || part > kTo) {
        return hand;
    }
    Track height(-30);
    height.add(kFrom, kWay, -11);
    height.add(kTo - kWay, kWay, -30);
    hand.kind = Occluder::Kind::hand;
    hand.place = {side * 4.5f, height.at(part), 13};
    hand.angle = -side * 0.25f;
    return hand;
}

}  // namespace

std::vector<Moment> performedTake(const TakeOptions& options) {
    RandomSequence scenery({options.seed, 1, 0, RandomStream::performance});
    const uint32_t wander = scenery.next();
    Moment still;
    still.backgroundSeed = scenery.next();
    RandomSequence stage({options.stage, 2, 0, RandomStream::performance});
    still.lighting = lightOf(stage);
    const auto faceHeight = static_cast<float>(scenery.uniform(0.46, 0.56));
    const float side = scenery.chance(0.5) ? 1.0f : -1.0f;
    const uint32_t grain = scenery.next();
    const Score score =
        Composer(options.seed, static_cast<double>(options.frames) / options.rate).compose();

    std::vector<Moment> take;
    for (int frame = 0; frame < options.frames; ++frame) {
        const double time = frame / options.rate;
        Moment moment = still;
        moment.pose = poseAt(score, time, wander);
        moment.expression = expressionAt(score, time, moment.pose);
        // A shutter of 180 degrees, open around the frame's time.
        moment.shutter = Shutter{poseAt(score, time - 0.25 / options.rate, wander),
                                 poseAt(score, time + 0.25 / options.rate, wander)};
        moment.faceHeight = faceHeight * (1 + 0.04f * drift(time, 4, 7, wander));
        moment.lighting.toKey.x += 0.10f * drift(time, 3, 8, wander);
        moment.grainSeed = grain + static_cast<uint32_t>(frame);
        if (options.passingHand) {
            moment.occluder = handAt(frame / std::max(1.0, options.frames - 1.0), side);
        }
        take.push_back(moment);
    }
    return take;
}

}  // namespace understudy::media
