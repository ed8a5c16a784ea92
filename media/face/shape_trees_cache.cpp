#include "media/face/shape_trees_cache.h"

#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "media/base/file.h"
#include "media/base/sha256.h"

namespace understudy::media {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kMagic = "USTREES1";  // of this layout, on this kind of machine
constexpr size_t kHash = 64;

class Packer {
  public:
    template <class T>
    void put(const T& value) {
        static_assert(std::is_trivially_copyable_v<T>);
        bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    template <class T>
    void put(const std::vector<T>& values) {
        static_assert(std::is_trivially_copyable_v<T>);
        put(static_cast<uint64_t>(values.size()));
        bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
    }
    std::string take() { return std::move(bytes_); }

  private:
    std::string bytes_;
};

// Of what was packed; whether it is whole is known from its hash.
class Unpacker {
  public:
    explicit Unpacker(std::string_view bytes) : bytes_(bytes) {}
    template <class T>
    void get(T& value) {
        read(&value, sizeof value);
    }
    template <class T>
    void get(std::vector<T>& values) {
        uint64_t count = 0;
        get(count);
        good_ = good_ && count <= bytes_.size() / sizeof(T);
        if (good_) {
            values.resize(count);
            read(values.data(), count * sizeof(T));
        }
    }
    bool whole() const { return good_ && bytes_.empty(); }
    bool good() const { return good_; }

  private:
    void read(void* to, size_t size) {
        good_ = good_ && size <= bytes_.size();
        if (good_ && size > 0) {
            std::memcpy(to, bytes_.data(), size);
            bytes_.remove_prefix(size);
        }
    }

    std::string_view bytes_;
    bool good_ = true;
};

std::string hashOf(std::string_view bytes) {
    return sha256Of(std::as_bytes(std::span(bytes.data(), bytes.size())));
}

// What a kept form belongs to; nothing where the file cannot be looked at.
std::optional<std::string> headOf(const fs::path& file) {
    std::error_code failed;
    const auto size = fs::file_size(file, failed);
    if (failed) {
        return std::nullopt;
    }
    const auto time = fs::last_write_time(file, failed);
    if (failed) {
        return std::nullopt;
    }
    return std::string(kMagic) + hashOf(fs::absolute(file).string() + "\n" + std::to_string(size) +
                                        " " + std::to_string(time.time_since_epoch().count()));
}

}  // namespace

class ShapeTreesKeeper {
  public:
    static std::string packed(const ShapeTrees& trees) {
        Packer out;
        out.put(static_cast<uint64_t>(trees.depth_));
        out.put(trees.mean_);
        out.put(static_cast<uint64_t>(trees.stages_.size()));
        for (const ShapeTrees::Stage& stage : trees.stages_) {
            out.put(stage.probes);
            out.put(static_cast<uint64_t>(stage.trees));
            out.put(stage.splits);
            out.put(stage.leaves);
            out.put(stage.scale);
        }
        return out.take();
    }

    static std::optional<ShapeTrees> unpacked(std::string_view bytes) {
        Unpacker in(bytes);
        ShapeTrees trees;
        uint64_t depth = 0;
        uint64_t stages = 0;
        in.get(depth);
        in.get(trees.mean_);
        in.get(stages);
        trees.depth_ = depth;
        for (uint64_t i = 0; i < stages && in.good(); ++i) {
            ShapeTrees::Stage& stage = trees.stages_.emplace_back();
            uint64_t count = 0;
            in.get(stage.probes);
            in.get(count);
            in.get(stage.splits);
            in.get(stage.leaves);
            in.get(stage.scale);
            stage.trees = count;
        }
        return in.whole() ? std::optional(std::move(trees)) : std::nullopt;
    }
};

Result<ShapeTrees> readKeptShapeTrees(const fs::path& file, const fs::path& cacheFolder) {
    const std::optional<std::string> head = headOf(file);
    if (!head || cacheFolder.empty()) {
        return ShapeTrees::read(file);  // which says what is wrong with it
    }
    const fs::path kept = cacheFolder / ("landmarks-" + head->substr(kMagic.size(), 16) + ".trees");
    if (const Result<MappedFile> mapped = MappedFile::open(kept); mapped.ok()) {
        const std::string_view all(reinterpret_cast<const char*>(mapped->bytes().data()),
                                   mapped->bytes().size());
        if (all.size() > head->size() + kHash && all.substr(0, head->size()) == *head) {
            const std::string_view payload = all.substr(head->size() + kHash);
            if (all.substr(head->size(), kHash) == hashOf(payload)) {
                if (std::optional<ShapeTrees> trees = ShapeTreesKeeper::unpacked(payload)) {
                    return std::move(*trees);
                }
            }
        }
    }
    US_ASSIGN(ShapeTrees trees, ShapeTrees::read(file));
    const std::string payload = ShapeTreesKeeper::packed(trees);
    // Without a place for it the next start is as slow as this one, and that is all.
    if (createPrivateFolder(cacheFolder).ok()) {
        [[maybe_unused]] const Status written =
            writeFileAtomic(kept, *head + hashOf(payload) + payload);
    }
    return trees;
}

}  // namespace understudy::media
