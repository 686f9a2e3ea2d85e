/** What Node 20 lacks of the language that the sources are written in. Only the bundle loads it, and only there. */
import "core-js/es/array/from-async.js";
import "core-js/es/iterator/index.js";
import "core-js/es/map/group-by.js";
import "core-js/es/object/group-by.js";
import "core-js/es/promise/index.js";
import "core-js/es/set/index.js";
