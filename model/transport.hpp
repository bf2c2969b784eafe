// Of SIP messages: only UDP repeats them, and loses them.
#pragma once

namespace failback::model {

enum class Transport : unsigned char { udp, tcp };

}  // namespace failback::model
