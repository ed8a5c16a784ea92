// A face by formula: landmarks of a plausible frontal face, and plates with something face-like
// under them, for tests that need no footage.
#pragma once

#include "media/align/landmarks.h"
#include "media/frame/frame.h"
#include "training/swap/face_geometry.h"
#include "training/swap/face_matte.h"

namespace understudy::tests {

// `width` is the distance of the outer brows in plate pixels.
media::Landmarks madeLandmarks(media::Point middle, double width, double radians = 0);

// A plate with smooth light, fine texture and a face-like pattern at the landmarks.
media::Frame madePlate(int width, int height, const media::Landmarks& face,
                       media::SampleType type = media::SampleType::u8);

// What a perfect network would say of a crop: the crop itself, masks everywhere 1.
training::NetworkFace perfectNetwork(const media::Image& crop);

// A constant image of one channel.
media::Image constantImage(int size, float value);

}  // namespace understudy::tests
