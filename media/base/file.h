// Files that survive a crash: whole-file reads with a limit, replace-by-rename writes with fsync,
// and locks that the kernel drops with the process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "media/base/result.h"

namespace understudy {

// Owns a file descriptor.
class FileHandle {
  public:
    FileHandle() = default;
    explicit FileHandle(int descriptor) : descriptor_(descriptor) {}
    FileHandle(FileHandle&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    FileHandle& operator=(FileHandle&& other) noexcept;
    ~FileHandle();

    explicit operator bool() const { return descriptor_ >= 0; }
    int get() const { return descriptor_; }

  private:
    int descriptor_ = -1;
};

std::string errnoText(int number);

// The whole file. Errors: missingInput, or corruptData when it is larger than `limit` bytes.
Result<std::string> readFile(const std::filesystem::path& path, uint64_t limit = 64u << 20);

// Writes all bytes, going on after short writes and EINTR. Errors: cannotWrite, which names the
// remedy for a full disk, a quota and a read-only place.
Status writeAll(int descriptor, std::span<const std::byte> bytes,
                const std::filesystem::path& where);

// Replaces `path` in one step: temporary file beside it, fsync, rename, fsync of the folder. A
// crash leaves the old or the new content, never a mixture. Mode is 0600 unless told.
Status writeFileAtomic(const std::filesystem::path& path, std::string_view content,
                       int mode = 0600);

// Makes a finished rename or file creation in `folder` durable.
Status syncFolder(const std::filesystem::path& folder);

// Creates the folder and its parents, private to the user (0700). Errors: cannotWrite.
Status createPrivateFolder(const std::filesystem::path& folder);

// An error for a failed write with the remedy that fits `number` (ENOSPC, EROFS, EACCES, …).
Error writeError(int number, const std::filesystem::path& path);

// Read-only view of a file in memory. Movable; the view dies with it.
class MappedFile {
  public:
    static Result<MappedFile> open(const std::filesystem::path& path);
    MappedFile() = default;
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    ~MappedFile();

    std::span<const std::byte> bytes() const { return {data_, size_}; }

  private:
    const std::byte* data_ = nullptr;
    size_t size_ = 0;
};

// An advisory lock on a file, held until destroyed or until the process ends in any way.
class FileLock {
  public:
    // Errors: transient when another process holds it (the message names its pid where known).
    static Result<FileLock> acquire(const std::filesystem::path& path);

  private:
    explicit FileLock(FileHandle file) : file_(std::move(file)) {}
    FileHandle file_;
};

// With the dot, in lower case: ".exr".
std::string lowerExtension(const std::filesystem::path& path);

}  // namespace understudy
