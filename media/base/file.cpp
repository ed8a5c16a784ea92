#include "media/base/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace understudy {

namespace fs = std::filesystem;

FileHandle& FileHandle::operator=(FileHandle&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

FileHandle::~FileHandle() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

std::string errnoText(int number) {
    return std::generic_category().message(number);
}

Error writeError(int number, const fs::path& path) {
    Error error{ErrorCode::cannotWrite, "cannot write: " + errnoText(number), path.string(), ""};
    switch (number) {
        case ENOSPC:
        case EDQUOT:
            error.remedy = "Free some space, then run it again; what was finished is kept";
            break;
        case EROFS:
            error.remedy = "The disk is read-only: use a folder on a writable disk";
            break;
        case EACCES:
        case EPERM:
            error.remedy =
                "You have no permission to write there: choose another folder or ask its owner";
            break;
        default:
            error.remedy = "Check the disk and that the folder exists";
    }
    return error;
}

Result<std::string> readFile(const fs::path& path, uint64_t limit) {
    const FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) {
        return Error{ErrorCode::missingInput, "cannot open the file: " + errnoText(errno),
                     path.string(), "Check that it exists and that you may read it"};
    }
    std::string content;
    std::vector<char> buffer(1 << 16);
    while (true) {
        const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
        if (got == 0) {
            return content;
        }
        if (got < 0) {
            if (errno == EINTR) {
                continue;
            }
            return Error{ErrorCode::missingInput, "cannot read the file: " + errnoText(errno),
                         path.string(), ""};
        }
        content.append(buffer.data(), static_cast<size_t>(got));
        if (content.size() > limit) {
            return Error{ErrorCode::corruptData,
                         "the file is larger than " + std::to_string(limit) + " bytes",
                         path.string(), "It is not a file of this kind"};
        }
    }
}

Status writeAll(int descriptor, std::span<const std::byte> bytes, const fs::path& where) {
    while (!bytes.empty()) {
        const ssize_t done = ::write(descriptor, bytes.data(), bytes.size());
        if (done < 0) {
            if (errno == EINTR) {
                continue;
            }
            return writeError(errno, where);
        }
        bytes = bytes.subspan(static_cast<size_t>(done));
    }
    return {};
}

Status syncFolder(const fs::path& folder) {
    const FileHandle handle(
        ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // Some network file systems refuse to sync a folder (EINVAL); the rename is done all the same.
    if (!handle || (::fsync(handle.get()) != 0 && errno != EINVAL)) {
        return writeError(errno, folder);
    }
    return {};
}

Status writeFileAtomic(const fs::path& path, std::string_view content, int mode) {
    static std::atomic<uint32_t> counter = 0;
    fs::path temporary = path;
    temporary += ".tmp-" + std::to_string(::getpid()) + "-" + std::to_string(counter++);
    const auto giveUp = [&](Error error) {
        ::unlink(temporary.c_str());
        error.where = path.string();
        return error;
    };
    {
        const FileHandle file(
            ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
        if (!file) {
            return writeError(errno, path);
        }
        if (auto status = writeAll(file.get(), std::as_bytes(std::span(content)), path);
            !status.ok()) {
            return giveUp(status.error());
        }
        if (::fsync(file.get()) != 0) {
            return giveUp(writeError(errno, path));
        }
    }
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
        return giveUp(writeError(errno, path));
    }
    return syncFolder(path.parent_path());
}

Status createPrivateFolder(const fs::path& folder) {
    std::error_code ignored;
    if (folder.empty() || fs::is_directory(folder, ignored)) {
        return {};
    }
    US_TRY(createPrivateFolder(folder.parent_path()));
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
        return writeError(errno, folder);
    }
    if (!fs::is_directory(folder, ignored)) {
        return Error{ErrorCode::cannotWrite, "a file stands where a folder is needed",
                     folder.string(), "Move it away or choose another folder"};
    }
    return {};
}

Result<MappedFile> MappedFile::open(const fs::path& path) {
    const FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat info {};
    if (!file || ::fstat(file.get(), &info) != 0) {
        return Error{ErrorCode::missingInput, "cannot open the file: " + errnoText(errno),
                     path.string(), "Check that it exists and that you may read it"};
    }
    MappedFile mapped;
    if (info.st_size > 0) {
        void* address = ::mmap(nullptr, static_cast<size_t>(info.st_size), PROT_READ, MAP_SHARED,
                               file.get(), 0);
        if (address == MAP_FAILED) {
            return Error{ErrorCode::missingInput, "cannot map the file: " + errnoText(errno),
                         path.string(), ""};
        }
        mapped.data_ = static_cast<const std::byte*>(address);
        mapped.size_ = static_cast<size_t>(info.st_size);
    }
    return mapped;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
}

MappedFile::~MappedFile() {
    if (data_ != nullptr) {
        ::munmap(const_cast<std::byte*>(data_), size_);
    }
}

Result<FileLock> FileLock::acquire(const fs::path& path) {
    FileHandle file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file) {
        return writeError(errno, path);
    }
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        char holder[32] = {};
        const ssize_t got = ::pread(file.get(), holder, sizeof holder - 1, 0);
        const std::string who =
            got > 0 ? " (process " + std::string(holder, static_cast<size_t>(got)) + ")" : "";
        return Error{ErrorCode::transient, "another process is using it" + who, path.string(),
                     "Wait until it has finished, or stop it"};
    }
    const std::string pid = std::to_string(::getpid());
    if (::ftruncate(file.get(), 0) != 0 || ::pwrite(file.get(), pid.data(), pid.size(), 0) < 0) {
        return writeError(errno, path);
    }
    return FileLock(std::move(file));
}

std::string lowerExtension(const std::filesystem::path& path) {
    std::string extension = path.extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return extension;
}

}  // namespace understudy
