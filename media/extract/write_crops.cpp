#include "media/extract/write_crops.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <map>
#include <memory>
#include <semaphore>
#include <set>
#include <thread>

#include "media/base/bounded_queue.h"
#include "media/base/log.h"
#include "media/base/parallel_for.h"
#include "media/base/sha256.h"
#include "media/color/color_transforms.h"
#include "media/extract/crop_masks.h"
#include "media/extract/ordered_reader.h"
#include "media/frame/half.h"
#include "media/frame/resample.h"
#include "media/source/frame_source.h"

namespace understudy::media {

namespace {

constexpr int kMaskVersion = 3;
constexpr int kOcclusionVersion = 1;                    // of what is found in front
constexpr int kSyncEvery = 256;                         // faces
constexpr size_t kWaitingCropBytes = size_t{32} << 20;  // while the disk is slow
constexpr size_t kHeldBytes = size_t{320} << 20;        // of crops of a short clip, all at once
constexpr size_t kWaitingBytes = size_t{256} << 20;     // of frames between decoder and workers

// What one face is to be cut out of.
struct Piece {
    int64_t order = 0;
    FaceTruth face;
    std::shared_ptr<const FramePart> kept;
    PicturePart plate;  // where nothing was kept

    PicturePart takePlate() { return kept ? kept->colors() : std::move(plate); }
};

struct Crop {
    int64_t order = 0;
    FaceRecord record;
    Image pixels;
    int plateWidth = 0;
    int plateHeight = 0;
    std::vector<uint8_t> mask;
    float hidden = 0;  // share of the outline
};

// Display-referred plates train as they are, and 8 bits are enough where the plate has no floats.
// Scene-linear light is kept as ACEScct, in half floats because 8 bits of it would band.
class PackColors {
  public:
    PackColors(const std::string& plate, SampleType sample) : plate_{plate}, network_{plate} {
        if (plate_.sceneLinear()) {
            network_.name = "acescct";
            transforms_ = ColorTransforms::fromEnvironment();
        }
        const bool floating = sample == SampleType::f16 || sample == SampleType::f32;
        stored_ = floating || transforms_ ? SampleType::f16 : SampleType::u8;
    }

    const std::string& encoding() const { return network_.name; }
    PackSample sample() const {
        return stored_ == SampleType::f16 ? PackSample::f16 : PackSample::u8;
    }
    // For the user; empty when all is well.
    std::string notice() const { return transforms_ ? transforms_->notice() : ""; }

    // `crop` has three channels.
    Image packed(const Image& crop) const {
        if (!transforms_) {
            return crop.type() == stored_ ? crop : fromFloat(toFloat(crop), stored_);
        }
        auto encoded = transforms_->convert(finite(toFloat(crop)), plate_, network_);
        US_CHECK(encoded.ok());
        return fromFloat(*encoded, stored_);
    }

  private:
    // One broken pixel of a render must not break the training of a whole faceset.
    static Image finite(Image image) {
        for (int y = 0; y < image.height(); ++y) {
            float* sample = image.row<float>(y);
            for (int i = 0; i < image.width() * image.channels(); ++i) {
                sample[i] = std::isnan(sample[i]) ? 0 : std::clamp(sample[i], -kHalfMax, kHalfMax);
            }
        }
        return image;
    }

    ColorEncoding plate_;
    ColorEncoding network_;
    SampleType stored_ = SampleType::u8;
    std::optional<ColorTransforms> transforms_;
};

Image threeChannels(Image image) {
    if (image.channels() == 3) {
        return image;
    }
    Image result(image.width(), image.height(), 3, image.type());
    const size_t sample = bytesPerSample(image.type());
    const size_t pixel = sample * static_cast<size_t>(image.channels());
    for (size_t i = 0; i < static_cast<size_t>(image.width()) * image.height(); ++i) {
        for (size_t c = 0; c < 3; ++c) {
            const size_t from = image.channels() < 3 ? 0 : c;
            std::copy_n(image.data() + i * pixel + from * sample, sample,
                        result.data() + (3 * i + c) * sample);
        }
    }
    return result;
}

Image pixelsOf(const CropJob& job, const PackColors& colors, const PicturePart& plate,
               const FaceRecord& record) {
    return colors.packed(threeChannels(
        resample(plate, record.alignedFromFrame, job.size, job.size, Border::replicate)));
}

Crop withoutMask(const CropJob& job, const PackColors& colors, Piece piece) {
    Crop crop;
    crop.order = piece.order;
    crop.record = recordOf(job, piece.face);
    const PicturePart plate = piece.takePlate();
    crop.pixels = pixelsOf(job, colors, plate, crop.record);
    crop.plateWidth = plate.wholeWidth;
    crop.plateHeight = plate.wholeHeight;
    return crop;
}

Crop withMask(const CropJob& job, const CropMasks& masks, Crop crop) {
    crop.mask = masks.maskOf(crop.record, crop.pixels, crop.plateWidth, crop.plateHeight);
    crop.hidden = hiddenShare(crop.record, job.type, job.size, crop.mask);
    return crop;
}

// How many faces may be on their way: a worker that is held up must not let the crops behind it
// pile up.
using Ahead = std::counting_semaphore<>;

// Puts crops that arrive in any order into the pack in theirs.
class OrderedAppender {
  public:
    // `progressed` hears how many faces the pack has.
    OrderedAppender(const CropJob& job, PackWriter& writer, int64_t next, Ahead& ahead,
                    std::function<void(int64_t)> progressed)
        : job_(job),
          writer_(writer),
          next_(next),
          ahead_(ahead),
          progressed_(std::move(progressed)) {}

    Status add(Crop crop) {
        waiting_.emplace(crop.order, std::move(crop));
        while (!waiting_.empty() && waiting_.begin()->first == next_) {
            const Crop& ready = waiting_.begin()->second;
            US_TRY(writer_.append(ready.record, {ready.pixels.data(), ready.pixels.size()},
                                  ready.mask));
            if (job_.hidden) {
                job_.hidden(ready.record.frame, ready.hidden);
            }
            waiting_.erase(waiting_.begin());
            ahead_.release();
            if (++next_ % kSyncEvery == 0) {
                US_TRY(writer_.sync());
            }
            progressed_(next_);
        }
        return {};
    }

  private:
    const CropJob& job_;
    PackWriter& writer_;
    int64_t next_;
    Ahead& ahead_;
    std::function<void(int64_t)> progressed_;
    std::map<int64_t, Crop> waiting_;
};

// Whole frames that may wait to be cropped: one a thread, fewer where they are large.
size_t waitingFrames(const SourceInfo& plate, int threads) {
    const size_t bytes = static_cast<size_t>(plate.width) * static_cast<size_t>(plate.height) * 4 *
                         (plate.bitDepth > 16  ? 4
                          : plate.bitDepth > 8 ? 2
                                               : 1);
    return std::clamp<size_t>(kWaitingBytes / std::max<size_t>(bytes, 1), 1,
                              static_cast<size_t>(threads) + 1);
}

// At most, with the mask.
size_t cropBytes(const CropJob& job) {
    return static_cast<size_t>(job.size) * static_cast<size_t>(job.size) * 7;
}

// Crops that may wait while the disk is busy.
size_t waitingCrops(const CropJob& job) {
    return std::max<size_t>(std::min<size_t>(kWaitingCropBytes / cropBytes(job), 128),
                            static_cast<size_t>(job.threads) + 1);
}

Status decodeFaces(const CropJob& job, FrameSource& source, size_t first, Ahead& ahead,
                   BoundedQueue<Piece>& pieces) {
    OrderedReader reader(source);
    for (size_t i = first; i < job.faces.size(); ++i) {
        US_TRY(stillWanted(job));
        const FaceTruth& face = job.faces[i];
        Piece piece{static_cast<int64_t>(i), face, job.keptOf(face), {}};
        if (!piece.kept) {
            US_ASSIGN(Frame frame, reader.read(face.frame));
            piece.plate = PicturePart::whole(std::move(frame.pixels));
        }
        ahead.acquire();
        if (!pieces.push(std::move(piece))) {
            return {};
        }
    }
    return {};
}

PackHeader headerFor(const CropJob& job, const PackColors& colors) {
    PackHeader header;
    header.type = job.type;
    header.size = job.size;
    header.margin = job.margin;
    header.sample = colors.sample();
    header.encoding = colors.encoding().substr(0, 31);
    header.truth = packTruth(job);
    return header;
}

// Whether the pack's faces are as they were written; extracting again mends one that is not.
bool isIntact(const std::filesystem::path& index) {
    const Result<PackReader> pack = PackReader::open(index);
    if (!pack.ok()) {
        return false;
    }
    for (size_t i = 0; i < pack->size(); ++i) {
        if (const Status good = pack->verify(i); !good.ok()) {
            logWarning("the face pack is made again: " + describe(good.error()));
            return false;
        }
    }
    return true;
}

// Whether the pack holds exactly the first `frames.size()` faces in their order.
bool isBeginning(const std::vector<int64_t>& frames, const std::vector<FaceTruth>& faces) {
    if (frames.size() > faces.size()) {
        return false;
    }
    return std::equal(frames.begin(), frames.end(), faces.begin(),
                      [](int64_t frame, const FaceTruth& face) { return frame == face.frame; });
}

// Tells of the faces that the pack has already.
Status tellHidden(const CropJob& job) {
    if (!job.hidden) {
        return {};
    }
    US_ASSIGN(const PackReader pack, PackReader::open(job.index));
    std::vector<float> shares(pack.size());
    parallelFor(pack.size(), job.threads, [&](size_t i) {
        shares[i] = hiddenShare(pack.record(i), job.type, job.size, pack.mask(i));
    });
    for (size_t i = 0; i < pack.size(); ++i) {
        job.hidden(pack.record(i).frame, shares[i]);
    }
    return {};
}

// Several threads `make` crops until there are no more; this one takes them in the order they come.
template <class Make, class Take>
Status makeAndTake(const CropJob& job, const Make& make, const Take& take) {
    BoundedQueue<Crop> crops(waitingCrops(job));
    std::atomic<int> left = std::max(1, job.threads);
    std::vector<std::jthread> workers;
    for (int i = left; i > 0; --i) {
        workers.emplace_back([&] {
            while (std::optional<Crop> crop = make()) {
                if (!crops.push(std::move(*crop))) {
                    break;
                }
            }
            if (--left == 0) {
                crops.close();
            }
        });
    }
    Status taken;
    while (std::optional<Crop> crop = crops.pop()) {
        taken = take(std::move(*crop));
        if (!taken.ok()) {
            crops.abandon();
        }
    }
    return taken;
}

// Cuts the faces from `first` on out of the plate, and finishes them with `finish` in the workers.
template <class Finish, class Take>
Status cutAll(const CropJob& job, const PackColors& colors, FrameSource& source, size_t first,
              Ahead& ahead, const Finish& finish, const Take& take) {
    BoundedQueue<Piece> pieces(waitingFrames(source.info(), job.threads));
    Status decoded;
    std::jthread decoding([&] {
        decoded = decodeFaces(job, source, first, ahead, pieces);
        pieces.close();
    });
    const Status taken = makeAndTake(
        job,
        [&]() -> std::optional<Crop> {
            std::optional<Piece> piece = pieces.pop();
            return piece ? std::optional(finish(withoutMask(job, colors, std::move(*piece))))
                         : std::nullopt;
        },
        [&](Crop crop) {
            const Status one = take(std::move(crop));
            if (!one.ok()) {
                pieces.abandon();
                ahead.release();  // the decoder, which finds the queue closed
            }
            return one;
        });
    decoding.join();
    US_TRY(taken);
    return decoded;
}

// The whole clip in memory at once, so that its plate is decoded once for crops and masks.
Status cropInMemory(const CropJob& job, const PackColors& colors, FrameSource& source,
                    PackWriter& writer) {
    const size_t count = job.faces.size();
    std::vector<Crop> crops(count);
    Ahead ahead(static_cast<ptrdiff_t>(count));
    size_t cut = 0;
    const auto asIs = [](Crop crop) { return crop; };
    US_TRY(cutAll(job, colors, source, 0, ahead, asIs, [&](Crop crop) -> Status {
        crops[static_cast<size_t>(crop.order)] = std::move(crop);
        job.progressed(static_cast<int64_t>(++cut / 2));
        return {};
    }));
    CropMasks masks(job);
    const std::vector<size_t> wanted = masks.wanted();
    std::vector<OcclusionLook> looks(wanted.size());
    parallelFor(wanted.size(), job.threads, [&](size_t i) {
        const Crop& crop = crops[wanted[i]];
        looks[i] = occlusionLook(crop.record.frame, crop.pixels, crop.record.landmarks);
    });
    masks.learn(looks);
    // Cutting was the first half.
    OrderedAppender appender(job, writer, 0, ahead, [&](int64_t appended) {
        job.progressed((static_cast<int64_t>(count) + appended) / 2);
    });
    std::atomic<size_t> next{0};
    return makeAndTake(
        job,
        [&]() -> std::optional<Crop> {
            const size_t i = next++;
            return i < count ? std::optional(withMask(job, masks, std::move(crops[i])))
                             : std::nullopt;
        },
        [&](Crop crop) -> Status {
            US_TRY(stillWanted(job));
            return appender.add(std::move(crop));
        });
}

// From `first` on, with as many crops in memory as the threads need.
Status cropAsRead(const CropJob& job, const PackColors& colors, FrameSource& source,
                  PackWriter& writer, size_t first) {
    CropMasks masks(job);
    US_TRY(masks.learnFromPlate([&](const PicturePart& plate, const FaceRecord& face) {
        return pixelsOf(job, colors, plate, face);
    }));
    Ahead ahead(static_cast<ptrdiff_t>(waitingCrops(job)) + 4 * job.threads);
    OrderedAppender appender(job, writer, static_cast<int64_t>(first), ahead, job.progressed);
    return cutAll(
        job, colors, source, first, ahead,
        [&](Crop crop) { return withMask(job, masks, std::move(crop)); },
        [&](Crop crop) { return appender.add(std::move(crop)); });
}

}  // namespace

FaceRecord recordOf(const CropJob& job, const FaceTruth& face) {
    FaceRecord record;
    record.frame = face.frame;
    record.confidence = face.confidence;
    record.alignedFromFrame =
        alignedFromFrame(face.landmarks, job.type, job.size, job.margin, job.pixelAspect);
    record.landmarks = transformed(face.landmarks, record.alignedFromFrame);
    return record;
}

Status stillWanted(const CropJob& job) {
    if (job.stop.stop_requested()) {
        return Error{ErrorCode::saved, "cropping faces was stopped; what was done is kept",
                     job.plate, "Start it again to go on"};
    }
    return {};
}

std::string packTruth(const CropJob& job) {
    Sha256 hash;
    char line[160];
    std::snprintf(line, sizeof line, "pack 1 mask %d type %d size %d margin %.6f aspect %.9f\n",
                  kMaskVersion, static_cast<int>(job.type), job.size, job.margin, job.pixelAspect);
    hash.add(std::string(line));
    hash.add(job.clip + "\n");
    if (job.occlusion > 0) {
        std::snprintf(line, sizeof line, "occlusion %d %.4f\n", kOcclusionVersion, job.occlusion);
        hash.add(std::string(line));
    }
    for (const FaceTruth& face : job.faces) {
        std::snprintf(line, sizeof line, "%lld", static_cast<long long>(face.frame));
        hash.add(std::string(line));
        for (const Point point : face.landmarks) {
            std::snprintf(line, sizeof line, " %.4f %.4f", point.x, point.y);
            hash.add(std::string(line));
        }
        const Affine t =
            alignedFromFrame(face.landmarks, job.type, job.size, job.margin, job.pixelAspect);
        std::snprintf(line, sizeof line, " | %.5f %.5f %.4f %.5f %.5f %.4f\n", t.xx, t.xy, t.x0,
                      t.yx, t.yy, t.y0);
        hash.add(std::string(line));
        if (const auto painted = job.corrections.find(face.frame);
            painted != job.corrections.end()) {
            hash.add("painted\n");
            hash.add(painted->second.bytes());
        }
    }
    return hash.finish();
}

Status writeCrops(const CropJob& job) {
    const auto removePack = [&job] {
        std::error_code ignored;
        std::filesystem::remove(job.index, ignored);
        std::filesystem::remove(packPixelsPath(job.index), ignored);
    };
    if (job.faces.empty()) {
        removePack();
        return {};
    }
    US_ASSIGN(const std::unique_ptr<FrameSource> source, openSource(job.plate));
    US_ASSIGN(const Frame sample, source->read(job.faces.front().frame));
    const PackColors colors(job.encoding, sample.pixels.type());
    if (job.warned && !colors.notice().empty()) {
        job.warned(colors.notice());
    }
    const PackHeader header = headerFor(job, colors);
    std::optional<PackWriter> writer;
    { US_ASSIGN(writer, PackWriter::open(job.index, header)); }
    if (!isBeginning(writer->frames(), job.faces) ||
        (!writer->frames().empty() && !isIntact(job.index))) {
        // Not what this program writes for this truth: derived data, so it is made anew.
        writer.reset();
        removePack();
        US_ASSIGN(writer, PackWriter::open(job.index, header));
    }
    const size_t first = writer->frames().size();
    job.progressed(static_cast<int64_t>(first));
    if (first > 0) {
        US_TRY(tellHidden(job));
    }
    Status cropped;
    if (first == 0 && job.faces.size() * cropBytes(job) <= kHeldBytes) {
        cropped = cropInMemory(job, colors, *source, *writer);
    } else if (first < job.faces.size()) {
        cropped = cropAsRead(job, colors, *source, *writer, first);
    }
    const Status synced = writer->sync();
    US_TRY(cropped);
    return synced;
}

}  // namespace understudy::media
