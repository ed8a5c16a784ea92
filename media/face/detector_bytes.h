// dlib's detector of frontal faces, serialized; unpack_detector.cpp makes it when it is built.
#pragma once

#include <string_view>

namespace understudy::media {

std::string_view detectorBytes();

}  // namespace understudy::media
