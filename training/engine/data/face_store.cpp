#include "training/engine/data/face_store.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <map>
#include <mutex>
#include <numeric>

#include "media/align/face_mask.h"
#include "media/align/head_yaw.h"
#include "media/faceset/pack.h"
#include "training/engine/data/area_shrink.h"
#include "training/engine/data/grow_mask.h"

namespace understudy::training {

namespace fs = std::filesystem;

namespace {

// "again.whole_face.256.idx" -> "again".
std::string clipOfPack(const fs::path& index) {
    std::string name = index.stem().string();
    for (int part = 0; part < 2; ++part) {
        const size_t dot = name.rfind('.');
        if (dot != std::string::npos && dot > 0) {
            name.resize(dot);
        }
    }
    return name;
}

std::string sizeText(uint64_t bytes) {
    char text[32];
    const double mebibytes = static_cast<double>(bytes) / (1 << 20);
    std::snprintf(text, sizeof text, mebibytes < 1024 ? "%.1f MiB" : "%.1f GiB",
                  mebibytes < 1024 ? mebibytes : mebibytes / 1024);
    return text;
}

Error smallPack(const fs::path& index, const media::PackHeader& header, int resolution) {
    const int trained = static_cast<int>(header.size / (1 + 2 * header.margin));
    const int needed = static_cast<int>(std::ceil(resolution * (1 + 2 * header.margin)));
    return {ErrorCode::usage,
            "the faces are too small: the area that trains is " + std::to_string(trained) +
                " pixels wide in the pack, and the resolution is " + std::to_string(resolution),
            index.string(),
            "Extract the clip again with --size " + std::to_string(needed) +
                " or more, or train at a lower resolution"};
}

}  // namespace

// Fills a store from packs.
class FaceLoader {
  public:
    FaceLoader(const Selection& selection, const fs::path& folder, const StoreOptions& options)
        : selection_(selection), folder_(folder), options_(options) {}

    Result<FaceStore> load() {
        US_TRY(openPacks());
        std::vector<int64_t> counts;
        for (size_t side = 0; side < selection_.identities.size(); ++side) {
            US_TRY(checkIdentity(side));
            counts.push_back(static_cast<int64_t>(selection_.identities[side].faces.size()));
        }
        US_TRY(store_.allocate(options_, counts));
        for (size_t side = 0; side < counts.size(); ++side) {
            US_TRY(fill(side));
        }
        store_.toDevice(options_);
        return std::move(store_);
    }

  private:
    Status openPacks() {
        for (const std::string& name : selection_.packs) {
            const fs::path given(name);
            const fs::path index = given.is_absolute() ? given : folder_ / given;
            US_ASSIGN(media::PackReader pack, media::PackReader::open(index));
            const media::PackHeader& header = pack.header();
            paths_.push_back(index);
            if (header.size < std::floor(options_.resolution * (1 + 2 * header.margin))) {
                return smallPack(index, header, options_.resolution);
            }
            if (!packs_.empty()) {
                US_TRY(checkSame(header, packs_.front().header(), index));
            }
            packs_.push_back(std::move(pack));
        }
        if (packs_.empty() || selection_.identities.size() < 2) {
            return Error{ErrorCode::usage, "the selection names no source and destination faces",
                         (folder_ / "selection.json").string(),
                         "Extract the clips of both performers and make a new run"};
        }
        const media::PackHeader& header = packs_.front().header();
        store_.margin_ = header.margin;
        store_.size_ =
            std::min(header.size,
                     static_cast<int>(std::ceil(options_.resolution * (1 + 2 * header.margin))));
        store_.scale_ = header.sample == media::PackSample::u8 ? 255 : 1;
        store_.encoding_ = header.encoding;
        store_.faceType_ = media::faceTypeName(header.type);
        return {};
    }

    static Status checkSame(const media::PackHeader& header, const media::PackHeader& first,
                            const fs::path& index) {
        std::string differs;
        if (header.encoding != first.encoding || header.sample != first.sample) {
            differs = "colour encodings (" + header.encoding + " and " + first.encoding + ")";
        } else if (header.type != first.type) {
            differs = "face types (" + std::string(media::faceTypeName(header.type)) + " and " +
                      std::string(media::faceTypeName(first.type)) + ")";
        } else if (std::abs(header.margin - first.margin) > 1e-9) {
            differs = "margins";
        } else {
            return {};
        }
        return Error{ErrorCode::usage, "the faces of one run have different " + differs,
                     index.string(), "Extract all clips with the same settings and make a new run"};
    }

    Status checkIdentity(size_t side) const {
        const Identity& identity = selection_.identities[side];
        if (identity.faces.empty()) {
            return Error{
                ErrorCode::usage, "performer " + identity.performer + " has no faces to train on",
                (folder_ / "selection.json").string(),
                "Extract a clip of this performer, or keep more of its faces, and make a new run"};
        }
        for (const SelectedFace& face : identity.faces) {
            if (face.pack >= packs_.size() || face.record >= packs_[face.pack].size()) {
                return Error{
                    ErrorCode::corruptData,
                    "the face of frame " + std::to_string(face.frame) + " is no longer in the pack",
                    face.pack < paths_.size() ? paths_[face.pack].string() : "selection",
                    "Extract the clip again; if the message stays, make a new run"};
            }
        }
        return {};
    }

    Status fill(size_t side) {
        StoredSide& stored = store_.sides_[side];
        const Identity& identity = selection_.identities[side];
        const auto count = static_cast<int64_t>(identity.faces.size());
        stored.performer = identity.performer;
        stored.tones.resize(identity.faces.size());
        stored.names.resize(identity.faces.size());
        stored.yaws.resize(identity.faces.size());
        stored.moments = momentsOf(identity);
        stored.places.resize(identity.faces.size());
        stored.split = splitFaces(count, options_.validationFaces);
        std::mutex mutex;
        std::optional<Error> error;
        std::atomic<bool> failed{false};
        at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
            for (int64_t i = begin; i < end && !failed; ++i) {
                if (const Status status = one(stored, identity, i); !status.ok()) {
                    const std::lock_guard lock(mutex);
                    failed = true;
                    error = status.error();
                }
            }
        });
        if (error) {
            return *error;
        }
        return {};
    }

    static std::vector<FaceMoment> momentsOf(const Identity& identity) {
        std::map<uint32_t, uint32_t> clips;  // by pack
        std::vector<FaceMoment> moments;
        for (const SelectedFace& face : identity.faces) {
            const auto next = static_cast<uint32_t>(clips.size());
            moments.push_back({clips.try_emplace(face.pack, next).first->second, face.frame});
        }
        return moments;
    }

    Status one(StoredSide& stored, const Identity& identity, int64_t i) const {
        const SelectedFace& face = identity.faces[static_cast<size_t>(i)];
        const media::PackReader& pack = packs_[face.pack];
        US_TRY(pack.verify(face.record));
        if (pack.storedHash(face.record) != face.hash) {
            return Error{ErrorCode::corruptData,
                         "the face of frame " + std::to_string(face.frame) +
                             " is not the one that was selected for this run",
                         paths_[face.pack].string(),
                         "The clip was extracted again since: make a new run"};
        }
        const auto size = static_cast<size_t>(pack.header().size);
        const auto channels = static_cast<size_t>(stored.faces.size(1));
        const std::vector<float> pixels = interleaved(pack, face.record, channels);
        const auto target = static_cast<size_t>(store_.size_);
        std::vector<float> planes(channels * target * target);
        AreaShrink(static_cast<int>(size), store_.size_)
            .apply(pixels.data(), static_cast<int>(channels), planes.data());
        const size_t area = target * target;
        stored.tones[static_cast<size_t>(i)] =
            tonesOf(planes.data(), area, planes.data() + 3 * area);
        growMask(planes.data() + 3 * area, store_.size_, options_.maskGrow * options_.resolution);
        put(stored, i, planes);
        const media::FaceRecord record = pack.record(face.record);
        stored.yaws[static_cast<size_t>(i)] = static_cast<float>(media::headYaw(record.landmarks));
        const double reach = 1 + 2 * pack.header().margin;
        const double toPlace = 2 * reach / pack.header().size;
        stored.places[static_cast<size_t>(i)] =
            media::Affine{toPlace, 0, -reach, 0, toPlace, -reach} * record.alignedFromFrame;
        stored.names[static_cast<size_t>(i)] =
            clipOfPack(paths_[face.pack]) + ":" + std::to_string(face.frame);
        return {};
    }

    // Crop, mask and, if asked for, eyes and mouth, all in [0, 1].
    static std::vector<float> interleaved(const media::PackReader& pack, size_t record,
                                          size_t channels) {
        const auto size = static_cast<size_t>(pack.header().size);
        const std::span<const std::byte> bytes = pack.pixels(record);
        const std::span<const uint8_t> mask = pack.mask(record);
        const bool half = pack.header().sample == media::PackSample::f16;
        std::vector<uint8_t> weights;
        if (channels > 4) {
            weights = media::rasterize(media::eyesAndMouth(pack.record(record).landmarks),
                                       static_cast<int>(size), static_cast<int>(size));
        }
        std::vector<float> result(size * size * channels);
        for (size_t i = 0; i < size * size; ++i) {
            float* out = result.data() + i * channels;
            for (size_t c = 0; c < 3; ++c) {
                const size_t at = 3 * i + c;
                if (half) {
                    const auto low = static_cast<uint16_t>(bytes[2 * at]);
                    const auto high = static_cast<uint16_t>(bytes[2 * at + 1]);
                    const float value = halfToFloat(static_cast<uint16_t>(low | high << 8));
                    // A rendered plate may hold pixels that are no number.
                    out[c] = std::isfinite(value) ? value : 0;
                } else {
                    out[c] = static_cast<float>(std::to_integer<int>(bytes[at])) / 255;
                }
            }
            out[3] = static_cast<float>(mask[i]) / 255;
            if (channels > 4) {
                out[4] = static_cast<float>(weights[i]) / 255;
            }
        }
        return result;
    }

    void put(StoredSide& stored, int64_t i, const std::vector<float>& planes) const {
        const auto offset = static_cast<size_t>(i) * planes.size();
        if (store_.scale_ > 1) {
            uint8_t* out = stored.faces.data_ptr<uint8_t>() + offset;
            for (size_t k = 0; k < planes.size(); ++k) {
                out[k] = static_cast<uint8_t>(std::lround(std::clamp(planes[k], 0.f, 1.f) * 255));
            }
        } else {
            c10::Half* out = stored.faces.data_ptr<c10::Half>() + offset;
            for (size_t k = 0; k < planes.size(); ++k) {
                out[k] = planes[k];
            }
        }
    }

    const Selection& selection_;
    fs::path folder_;
    StoreOptions options_;
    std::vector<media::PackReader> packs_;
    std::vector<fs::path> paths_;
    FaceStore store_;
};

Result<FaceStore> FaceStore::load(const Selection& selection, const fs::path& folder,
                                  const StoreOptions& options) {
    return FaceLoader(selection, folder, options).load();
}

Status FaceStore::allocate(const StoreOptions& options, const std::vector<int64_t>& counts) {
    const int64_t channels = options.eyesMouth ? 5 : 4;
    const auto type = scale_ > 1 ? torch::kUInt8 : torch::kHalf;
    const int64_t sample = scale_ > 1 ? 1 : 2;
    const int64_t faceBytes = channels * size_ * size_ * sample;
    const auto total = static_cast<uint64_t>(
        faceBytes * std::accumulate(counts.begin(), counts.end(), int64_t{0}));
    const bool onDevice = options.device.is_cuda() && total <= options.deviceBudget;
    resident_ = onDevice || options.device.is_cpu();
    onGpu_ = options.device.is_cuda();
    home_ = onDevice ? FaceHome::device : FaceHome::host;
    budget_ = onGpu_ ? options.deviceBudget : options.hostBudget;
    for (const int64_t count : counts) {
        StoredSide side;
        if (!onDevice && options.hostBudget > 0 && total > options.hostBudget &&
            !options.overflow.empty()) {
            const fs::path file =
                options.overflow / ("faces-" + std::to_string(sides_.size()) + ".cache");
            side.faces = torch::from_file(file.string(), true, count * faceBytes / sample,
                                          torch::TensorOptions().dtype(type))
                             .view({count, channels, size_, size_});
            std::error_code ignored;
            fs::remove(file, ignored);  // lives on as long as the mapping
            home_ = FaceHome::file;
        } else {
            side.faces = torch::empty({count, channels, size_, size_}, type);
        }
        sides_.push_back(std::move(side));
    }
    return {};
}

void FaceStore::toDevice(const StoreOptions& options) {
    if (resident_ && options.device.is_cuda()) {
        for (StoredSide& side : sides_) {
            side.faces = side.faces.to(options.device);
        }
    }
}

const char* faceHomeName(FaceHome home) {
    return home == FaceHome::device ? "device" : home == FaceHome::host ? "host" : "file";
}

std::string FaceStore::residency() const {
    int64_t count = 0;
    for (const StoredSide& side : sides_) {
        count += side.faces.size(0);
    }
    const std::string what = std::to_string(count) + " faces take " + sizeText(bytes());
    const std::string limit = sizeText(budget_);
    const std::string ahead = onGpu_ ? " and go to the GPU a step ahead" : "";
    switch (home_) {
        case FaceHome::device:
            return what + " of the GPU's memory, where they may take " + limit;
        case FaceHome::host:
            return what + " of host memory" + ahead +
                   (onGpu_         ? ": on the GPU they may take " + limit
                    : budget_ == 0 ? ""
                                   : ", where they may take " + limit);
        case FaceHome::file:
            break;
    }
    return what + " and are read from a file" + ahead + ": in " + (onGpu_ ? "the GPU's" : "host") +
           " memory they may take " + limit;
}

uint64_t FaceStore::bytes() const {
    uint64_t sum = 0;
    for (const StoredSide& side : sides_) {
        sum += side.faces.nbytes();
    }
    return sum;
}

FaceStore FaceStore::synthetic(const StoreOptions& options, int64_t facesASide, uint64_t seed,
                               size_t identities) {
    FaceStore store;
    store.size_ = static_cast<int>(std::ceil(options.resolution * (1 + 2 * store.margin_)));
    US_CHECK(store.allocate(options, std::vector<int64_t>(identities, facesASide)).ok());
    for (size_t s = 0; s < identities; ++s) {
        StoredSide& side = store.sides_[s];
        side.performer = s == 0   ? "source"
                         : s == 1 ? "destination"
                                  : "other " + std::to_string(s - 1);
        side.split = splitFaces(facesASide, options.validationFaces);
        RandomSequence random({seed, s, 0, RandomStream::test});
        RandomSequence turns({seed, s, 1, RandomStream::test});
        const auto area = static_cast<size_t>(store.size_) * static_cast<size_t>(store.size_);
        const auto channels = static_cast<size_t>(side.faces.size(1));
        std::vector<float> planes(channels * area);
        for (int64_t i = 0; i < facesASide; ++i) {
            std::array<double, 6> wave{};
            for (double& value : wave) {
                value = random.uniform(2, 9);
            }
            for (size_t p = 0; p < area; ++p) {
                const double x =
                    static_cast<double>(p % static_cast<size_t>(store.size_)) / store.size_;
                const double y =
                    static_cast<double>(p / static_cast<size_t>(store.size_)) / store.size_;
                for (size_t c = 0; c < 3; ++c) {
                    planes[c * area + p] = static_cast<float>(
                        0.5 + 0.35 * std::sin(wave[c] * x + wave[5 - c] * y + wave[c + 1]));
                }
                const double r = std::hypot(2 * x - 1, 2 * y - 1);
                for (size_t c = 3; c < channels; ++c) {
                    planes[c * area + p] = static_cast<float>(std::clamp(6 * (0.7 - r), 0., 1.));
                }
            }
            side.tones.push_back(tonesOf(planes.data(), area, planes.data() + 3 * area));
            side.names.push_back(side.performer + ":" + std::to_string(i + 1));
            side.yaws.push_back(static_cast<float>(turns.uniform(-40, 40)));
            side.moments.push_back({0, i + 1});
            side.places.emplace_back();
            uint8_t* out = side.faces.data_ptr<uint8_t>() + static_cast<size_t>(i) * planes.size();
            for (size_t k = 0; k < planes.size(); ++k) {
                out[k] = static_cast<uint8_t>(std::lround(planes[k] * 255));
            }
        }
    }
    store.toDevice(options);
    return store;
}

}  // namespace understudy::training
