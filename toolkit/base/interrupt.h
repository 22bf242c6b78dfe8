#pragma once

namespace stapes {

// Ctrl-C (SIGINT) and SIGTERM ask long work to stop at its next safe point; a second Ctrl-C ends
// the program at once. Long loops call interrupted() between steps, save what they have, and
// throw Interrupted, which ends the program with exit code 130.
void catch_interrupts();
bool interrupted();
void request_interrupt();  // what the signal does, for tests

class Interrupted {};

}  // namespace stapes
