#include "training/swap/swapper.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "media/base/bounded_queue.h"
#include "media/base/parallel_for.h"
#include "media/frame/corrected_mask.h"
#include "training/swap/compositor.h"
#include "training/swap/face_fit.h"
#include "training/swap/image_ops.h"
#include "training/swap/steady.h"

namespace understudy::training {

using media::Border;
using media::Frame;
using media::FrameNumber;
using media::FrameSource;
using media::Image;

namespace {

constexpr size_t kQueueBytes = 256u << 20;  // of frames that wait between two threads

// One frame on its way.
struct Item {
    FrameNumber number = 0;
    bool render = false;         // else only its neighbours need it
    std::optional<Frame> frame;  // to be composited and written; nothing when not rendered
    std::optional<FaceGeometry> geometry;
    Image crop;
    size_t place = 0;  // of the face among the clip's
    std::optional<MeasuredFace> face;
    bool swapped = false;
    Image matte;  // where somebody wants it
};

struct Made {
    Frame frame;
    Image matte;
    bool swapped = false;
};

// Reads going forward wherever that is cheaper than jumping.
class PlateReader {
  public:
    explicit PlateReader(FrameSource& source) : source_(source) {}

    Result<Frame> at(FrameNumber number) {
        constexpr FrameNumber kWorthSkipping = 24;
        if (!last_ || number <= *last_ || number - *last_ > kWorthSkipping) {
            US_ASSIGN(Frame frame, source_.read(number));
            last_ = number;
            return frame;
        }
        while (true) {
            US_ASSIGN(auto frame, source_.next());
            if (!frame || frame->number > number) {
                return Error{ErrorCode::missingInput,
                             "frame " + std::to_string(number) + " of the plate cannot be read",
                             source_.info().path, "Check the plate, or leave the frame out."};
            }
            last_ = frame->number;
            if (frame->number == number) {
                return *std::move(frame);
            }
        }
    }

  private:
    FrameSource& source_;
    std::optional<FrameNumber> last_;
};

// `part` of the way from nothing to `whole`, a shift and a scale.
media::Affine partOf(const media::Affine& whole, double part) {
    const double scale = 1 + part * (whole.xx - 1);
    return {scale, 0, part * whole.x0, 0, scale, part * whole.y0};
}

// The first error of any thread; once there is one, or a wish to stop, all wind down.
class Outcome {
  public:
    void fail(Error error) {
        const std::scoped_lock lock(mutex_);
        if (!error_) {
            error_ = std::move(error);
        }
        stop_.request_stop();
    }
    bool over() const { return stop_.stop_requested(); }
    std::stop_source& stop() { return stop_; }
    std::optional<Error> error() const {
        const std::scoped_lock lock(mutex_);
        return error_;
    }

  private:
    mutable std::mutex mutex_;
    std::optional<Error> error_;
    std::stop_source stop_;
};

class Pipeline {
  public:
    Pipeline(FrameSource& plate, FaceNetwork& network, const SwapTask& task, const FrameMade& made,
             PlateColors colors)
        : reader_(plate),
          plate_(plate),
          network_(network),
          task_(task),
          made_(made),
          colors_(std::move(colors)),
          faces_(steadied(task.faces, task.options.steady)),
          places_(placesOf(faces_)),
          threads_(threadsFor(task.threads)),
          decoded_(queueLength(plate.info())),
          finished_(queueLength(plate.info())) {}

    Status run(const std::stop_token& stop) {
        const std::stop_callback onStop(stop, [this] { outcome_.stop().request_stop(); });
        const std::stop_callback release(outcome_.stop().get_token(), [this] {
            decoded_.abandon();
            finished_.abandon();
        });
        learnUsual();
        if (!outcome_.over()) {
            std::jthread decoder([this] { decode(); });
            std::jthread writer([this] { write(); });
            process();
            finished_.close();
        }
        if (const auto error = outcome_.error()) {
            return *error;
        }
        if (stop.stop_requested()) {
            return Error{ErrorCode::saved, "rendering was stopped", plate_.info().path,
                         "Start it again to go on."};
        }
        return {};
    }

  private:
    static std::map<FrameNumber, size_t> placesOf(
        const std::map<FrameNumber, media::Landmarks>& faces) {
        std::map<FrameNumber, size_t> places;
        for (const auto& [number, landmarks] : faces) {
            places.emplace(number, places.size());
        }
        return places;
    }

    static size_t queueLength(const media::SourceInfo& info) {
        const size_t bytes = std::max<size_t>(
            1, static_cast<size_t>(info.width) * info.height * 3 * (info.bitDepth > 8 ? 2 : 1));
        return std::clamp<size_t>(kQueueBytes / bytes, 2, 24);
    }

    // ---- before the others ----

    // The same faces whatever is rendered. A frame that cannot be read is none of ours yet.
    std::vector<FaceSample> lookAround() {
        std::vector<FaceSample> samples;
        std::vector<Item> batch;
        const auto frames = usualFrames(faces_);
        for (size_t i = 0; i < frames.size() && !outcome_.over(); ++i) {
            if (auto frame = reader_.at(frames[i])) {
                Item item;
                item.number = frames[i];
                align(item, *frame, faces_.at(frames[i]));
                if (item.geometry) {
                    batch.push_back(std::move(item));
                }
            }
            if (batch.size() == batchSize() || i + 1 == frames.size()) {
                sample(batch, samples);
            }
        }
        return samples;
    }

    void learnUsual() {
        if (faces_.size() < kFewestSamples) {
            return;
        }
        const bool kept = task_.usual != nullptr && task_.usual->of == task_.usualOf;
        std::vector<FaceSample> samples = kept ? task_.usual->samples : lookAround();
        if (outcome_.over() || samples.empty()) {
            return;
        }
        if (task_.usual != nullptr && !kept) {
            *task_.usual = {task_.usualOf, samples};
        }
        if (task_.options.eyeFit > 0) {
            fit_ = partOf(learnEyeFit(samples), task_.options.eyeFit);
        }
        if (task_.options.occlusion > 0) {
            for (FaceSample& one : samples) {
                fit(one.swap, one.geometry, Border::replicate);
            }
            usual_ = learnUsualFace(samples);
        }
    }

    void sample(std::vector<Item>& batch, std::vector<FaceSample>& samples) {
        std::vector<const Image*> crops(batchSize(), nullptr);
        for (size_t i = 0; i < batch.size(); ++i) {
            crops[i] = &batch[i].crop;
        }
        auto faces = network_.run(crops);
        if (!faces) {
            outcome_.fail(faces.error());
            return;
        }
        for (size_t i = 0; i < batch.size(); ++i) {
            samples.push_back(
                {std::move(batch[i].crop), std::move((*faces)[i].swap), *batch[i].geometry});
        }
        batch.clear();
    }

    // ---- decoding thread ----

    // Frames to look at: those to make, and the faces that their pictures depend on.
    std::map<FrameNumber, bool> schedule() const {
        std::map<FrameNumber, bool> result;
        const int64_t reach = task_.options.reach();
        for (const FrameNumber frame : task_.frames) {
            if (faces_.contains(frame)) {
                for (auto it = faces_.lower_bound(frame - reach);
                     it != faces_.end() && it->first <= frame + reach; ++it) {
                    result.try_emplace(it->first, false);
                }
            }
            result[frame] = true;
        }
        for (const FrameNumber frame : plate_.info().missing) {
            result.erase(frame);
        }
        return result;
    }

    void decode() {
        for (const auto& [number, render] : schedule()) {
            if (outcome_.over()) {
                break;
            }
            auto frame = reader_.at(number);
            if (!frame) {
                outcome_.fail(frame.error());
                break;
            }
            Item item;
            item.number = number;
            item.render = render;
            const auto face = faces_.find(number);
            if (face != faces_.end()) {
                align(item, *frame, face->second);
            }
            if (render) {
                item.frame = std::move(frame).value();
            }
            if (!decoded_.push(std::move(item))) {
                break;
            }
        }
        decoded_.close();
    }

    void align(Item& item, const Frame& frame, const media::Landmarks& landmarks) const {
        const NetworkInfo& info = network_.info();
        const FaceGeometry geometry =
            placeFace(landmarks, info.faceType, info.resolution, frame.pixelAspect);
        if (auto crop = cropFace(frame.pixels, geometry)) {
            item.geometry = geometry;
            item.place = places_.at(item.number);
            item.crop = colors_.toNetwork(*std::move(crop));
        }
    }

    // ---- the caller's thread ----

    void process() {
        bool more = true;
        while (more && !outcome_.over()) {
            std::vector<Item> batch;
            more = gather(batch);
            if (!measure(batch)) {
                return;
            }
            for (Item& item : batch) {
                window_.push_back(std::move(item));
            }
            if (!emit(!more)) {
                return;
            }
        }
    }

    size_t batchSize() const { return static_cast<size_t>(std::max(task_.batch, 1)); }

    // The faces of one batch, with the frames between them; false at the end. Which faces share a
    // batch, and where in it they lie, is fixed for the clip: so that a frame comes out the same to
    // the last bit whichever others are rendered with it.
    bool gather(std::vector<Item>& batch) {
        std::optional<size_t> group;
        while (batch.size() < 2 * batchSize()) {
            if (!held_) {
                held_ = decoded_.pop();
            }
            if (!held_) {
                return false;
            }
            if (held_->geometry) {
                const size_t own = held_->place / batchSize();
                if (group && own != *group) {
                    return true;
                }
                group = own;
            }
            batch.push_back(*std::exchange(held_, std::nullopt));
        }
        return true;
    }

    bool measure(std::vector<Item>& batch) {
        std::vector<Item*> items;
        std::vector<const Image*> crops(batchSize(), nullptr);
        for (Item& item : batch) {
            if (item.geometry) {
                items.push_back(&item);
                crops[item.place % batchSize()] = &item.crop;
            }
        }
        if (items.empty() || outcome_.over()) {
            return !outcome_.over();
        }
        auto faces = network_.run(crops);
        if (!faces) {
            outcome_.fail(faces.error());
            return false;
        }
        parallelFor(items.size(), threads_, [&](size_t i) {
            Item& item = *items[i];
            NetworkFace& face = (*faces)[item.place % batchSize()];
            fit(face.swap, *item.geometry, Border::replicate);
            fit(face.swapMask, *item.geometry, Border::zero);
            item.face = measureFace(item.number, *item.geometry, std::move(item.crop),
                                    std::move(face), task_.options, &usual_);
        });
        return true;
    }

    void fit(Image& image, const FaceGeometry& face, Border border) const {
        const media::Affine fitted = scaledAboutEyes(face, task_.options.scale) * fit_;
        if (fitted != media::Affine()) {
            image = media::resample(image, fitted, image.width(), image.height(), border);
        }
    }

    // Composites what has all the neighbours it needs and hands it on in order.
    bool emit(bool end) {
        const int64_t reach = task_.options.reach();
        size_t ready = done_;
        while (ready < window_.size() && (end || !window_[ready].face ||
                                          window_[ready].number + reach <= window_.back().number)) {
            ++ready;
        }
        parallelFor(ready - done_, threads_, [&](size_t i) { compositeItem(done_ + i); });
        for (; done_ < ready; ++done_) {
            Item& item = window_[done_];
            if (item.render &&
                !finished_.push({*std::move(item.frame), std::move(item.matte), item.swapped})) {
                return false;
            }
            item.frame.reset();
        }
        while (done_ > 0 &&
               (end || window_.front().number + reach < window_.back().number - reach)) {
            window_.pop_front();
            --done_;
        }
        return true;
    }

    void compositeItem(size_t index) {
        Item& item = window_[index];
        if (!item.render || !item.face) {
            return;
        }
        std::vector<const MeasuredFace*> neighbours;
        const int64_t reach = task_.options.reach();
        for (const Item& other : window_) {
            if (other.face && std::abs(other.number - item.number) <= reach) {
                neighbours.push_back(&*other.face);
            }
        }
        const FinishedFace face =
            finishFace(*item.face, neighbours, task_.options, paintedOver(*item.frame, *item.face));
        composite(*item.frame, face, task_.options, colors_);
        if (task_.matteMade) {
            item.matte = matteOver(face, item.frame->pixels.width(), item.frame->pixels.height());
        }
        item.swapped = true;
    }

    // What was painted into the frame's mask, over the face's matte; empty where nothing was.
    Image paintedOver(const Frame& frame, const MeasuredFace& face) const {
        const auto painted = task_.corrections.find(frame.number);
        if (painted == task_.corrections.end()) {
            return {};
        }
        const int size = face.matte.hull.width();
        media::Affine matteFromCrop;
        matteFromCrop.xx = matteFromCrop.yy = static_cast<double>(size) / face.geometry.size;
        return media::correctionOver(painted->second, frame.pixels.width(), frame.pixels.height(),
                                     matteFromCrop * face.geometry.cropFromPlate, size, size);
    }

    // ---- writing thread ----

    void write() {
        while (auto made = finished_.pop()) {
            Status status = task_.matteMade ? task_.matteMade(matteOf(*made)) : Status();
            if (status.ok()) {
                status = made_(std::move(made->frame), made->swapped);
            }
            if (!status.ok()) {
                outcome_.fail(status.error());
                return;
            }
        }
    }

    static Frame matteOf(Made& made) {
        Frame matte;
        matte.number = made.frame.number;
        matte.pixelAspect = made.frame.pixelAspect;
        matte.timecode = made.frame.timecode;
        const bool faceless = made.matte.empty();
        matte.pixels = faceless ? Image(made.frame.pixels.width(), made.frame.pixels.height(), 3,
                                        media::SampleType::u8)
                                : std::move(made.matte);
        if (faceless) {
            std::fill_n(matte.pixels.row<uint8_t>(0), matte.pixels.size(), uint8_t{0});
        }
        return matte;
    }

    PlateReader reader_;
    FrameSource& plate_;
    FaceNetwork& network_;
    const SwapTask& task_;
    const FrameMade& made_;
    const PlateColors colors_;
    const std::map<FrameNumber, media::Landmarks> faces_;
    const std::map<FrameNumber, size_t> places_;
    const int threads_;
    BoundedQueue<Item> decoded_;
    BoundedQueue<Made> finished_;
    Outcome outcome_;
    media::Affine fit_;  // onto the plate's eyes
    UsualFace usual_;
    std::optional<Item> held_;  // the first of the next batch
    std::deque<Item> window_;   // measured; the first `done_` are handed on already
    size_t done_ = 0;
};

}  // namespace

Status swapFrames(FrameSource& plate, FaceNetwork& network, const SwapTask& task,
                  const FrameMade& made, std::stop_token stop) {
    US_TRY(task.options.check());
    std::string notice;
    US_ASSIGN(PlateColors colors,
              PlateColors::between(plate.info().encoding, network.info().encoding, &notice));
    if (task.warned && !notice.empty()) {
        task.warned(notice);
    }
    useSingleThreadedPictures();
    return Pipeline(plate, network, task, made, std::move(colors)).run(stop);
}

}  // namespace understudy::training
