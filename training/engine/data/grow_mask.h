// A face's mask reaches as far as the landmarks do, and those of the jaw lie inside it: the mask
// that trains is a little larger, so that the whole of the jaw, and of the longer chin of another
// person, is learned and covered.
#pragma once

namespace understudy::training {

// Adds to the mask (size x size, 0 to 1, of an aligned face) what lies within `reach` pixels of its
// inside, where it is above a half; the new edge is one pixel soft. Only around the jaw: the reach
// falls to nothing from the mouth up to the eyes, beside which there is hair. The mask never
// shrinks. 0 changes nothing.
// Exact Euclidean distances: Felzenszwalb and Huttenlocher, "Distance transforms of sampled
// functions", 2012.
void growMask(float* mask, int size, double reach);

}  // namespace understudy::training
