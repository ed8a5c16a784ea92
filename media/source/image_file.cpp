#include "media/source/image_file.h"

#include "media/source/picture_io.h"

namespace understudy::media {

Result<Image> readImage(const std::filesystem::path& path) {
    US_ASSIGN(Picture picture, readPicture(path));
    return std::move(picture.pixels);
}

Status writeImage(const std::filesystem::path& path, const Image& image) {
    PictureWriting writing;
    writing.encoding.name = path.extension() == ".exr" ? "scene_linear" : "srgb";
    return writePicture(path, image, writing);
}

}  // namespace understudy::media
