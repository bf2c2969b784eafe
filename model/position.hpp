// Where something stands in a design file.
#pragma once

namespace failback::model {

// Line and column of a design file, from 1; 0 where a value was not written but defaulted.
struct Position {
    int line = 0;
    int column = 0;
};

}  // namespace failback::model
