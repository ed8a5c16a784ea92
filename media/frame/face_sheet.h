// Parts of pictures that faces are judged by: cells round a face, set on neutral grey.
#pragma once

#include "media/align/landmarks.h"
#include "media/frame/image.h"

namespace understudy::media {

constexpr double kSheetExtent = 4.6;  // inter-ocular distances that a cell shows

// u8 RGB, grey all over.
Image emptySheet(int width, int height);

// u8 RGB, `cell` pixels square: what lies within `extent` pixels of the frame round the middle of
// the landmarks.
Image sheetCell(const Image& frame, const Landmarks& landmarks, double extent, int cell);

// The picture's left top corner comes to (x, y); it must fit.
void placeOnSheet(Image& sheet, const Image& picture, int x, int y);

}  // namespace understudy::media
