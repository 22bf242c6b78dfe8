#include "toolkit/dataset/synthesis/common_words.h"

namespace stapes::dataset {

const std::vector<std::string>& common_words() {
  static const std::vector<std::string> words = {
      "zero",     "one",     "two",     "three",    "four",     "five",     "six",      "seven",
      "eight",    "nine",    "ten",     "eleven",   "twelve",   "hundred",  "thousand", "first",
      "second",   "third",   "yes",     "no",       "on",       "off",      "up",       "down",
      "left",     "right",   "stop",    "go",       "start",    "wait",     "forward",  "backward",
      "follow",   "learn",   "visual",  "marvin",   "sheila",   "happy",    "house",    "bed",
      "bird",     "cat",     "dog",     "tree",     "wow",      "hello",    "goodbye",  "please",
      "thanks",   "sorry",   "maybe",   "never",    "always",   "again",    "today",    "tomorrow",
      "morning",  "evening", "night",   "week",     "month",    "year",     "hour",     "minute",
      "open",     "close",   "play",    "pause",    "next",     "last",     "back",     "home",
      "help",     "more",    "less",    "louder",   "quiet",    "volume",   "light",    "lamp",
      "kitchen",  "bedroom", "window",  "door",     "garden",   "call",     "send",     "read",
      "write",    "speak",   "listen",  "look",     "watch",    "show",     "tell",     "give",
      "take",     "bring",   "carry",   "hold",     "drop",     "push",     "pull",     "turn",
      "move",     "run",     "walk",    "jump",     "sit",      "stand",    "sleep",    "water",
      "coffee",   "tea",     "milk",    "bread",    "butter",   "sugar",    "salt",     "apple",
      "orange",   "lemon",   "banana",  "cherry",   "tomato",   "potato",   "onion",    "pepper",
      "cheese",   "chicken", "fish",    "rice",     "red",      "green",    "blue",     "yellow",
      "black",    "white",   "brown",   "purple",   "silver",   "golden",   "pink",     "grey",
      "mother",   "father",  "brother", "sister",   "daughter", "son",      "baby",     "friend",
      "doctor",   "teacher", "driver",  "farmer",   "soldier",  "king",     "queen",    "hand",
      "foot",     "finger",  "head",    "face",     "eye",      "nose",     "mouth",    "tooth",
      "ear",      "hair",    "arm",     "leg",      "knee",     "heart",    "sun",      "moon",
      "star",     "sky",     "cloud",   "rain",     "snow",     "wind",     "storm",    "fire",
      "stone",    "river",   "ocean",   "mountain", "forest",   "flower",   "grass",    "car",
      "bus",      "train",   "plane",   "boat",     "ship",     "bicycle",  "street",   "bridge",
      "city",     "village", "market",  "station",  "airport",  "hotel",    "office",   "school",
      "church",   "book",    "paper",   "pencil",   "letter",   "word",     "story",    "picture",
      "music",    "song",    "radio",   "phone",    "camera",   "computer", "table",    "chair",
      "bottle",   "glass",   "plate",   "spoon",    "knife",    "big",      "small",    "long",
      "short",    "high",    "low",     "hot",      "cold",     "warm",     "cool",     "fast",
      "slow",     "hard",    "soft",    "heavy",    "strong",   "weak",     "clean",    "dirty",
      "empty",    "full",    "early",   "late",     "dollar",   "money",    "price",    "number",
      "question", "answer",  "problem", "reason",   "idea",     "dream",    "power",    "energy",
      "engine",   "machine", "button",  "switch",   "fine",     "line",     "mine",     "wine",
      "nice",     "live",    "hive",    "drive",    "arrive",   "fun",      "gun",      "bun",
      "done",     "sin",     "fix",     "mix",      "sick",     "stick",    "kick",     "pixel",
      "sixty",    "free",    "see",     "key",      "thing",    "through",  "threat",   "throw",
      "fore",     "floor",   "force",   "forty",    "fold",     "ate",      "gate",     "weight",
      "great",    "hate",    "rate",    "hero",     "near",     "narrow",   "arrow",    "sorrow",
      "zebra",    "euro",    "mirror",  "severn",   "heaven",   "given",    "driven",   "ever",
      "level",    "clever",  "devil",   "want",     "once",     "when",     "wonder",   "gone",
      "do",       "who",     "new",     "you",      "shoe",     "tool",     "grow",     "know",
      "though",   "toe",     "goat",    "ghost",    "gold",     "town",     "gown",     "crown",
      "sound",    "around",  "dawn",    "dam",      "lift",     "life",     "let",      "lent",
      "loft",     "list",    "gift",    "ride",     "bright",   "like",     "wrong",    "cup",
      "pup",      "cap",     "app",     "other",    "utter",    "but",      "bad",      "bet",
      "bell",     "best",    "dead",    "beg",      "cut",      "can",      "kit",      "cast",
      "cash",     "cough",   "having",  "hobby",    "puppy",    "hopping",
  };
  return words;
}

const std::vector<std::string>& small_words() {
  static const std::vector<std::string> words = {
      "the",   "a",    "of",   "and",  "to",    "in",   "is",   "that", "it",   "was", "for",
      "are",   "with", "his",  "they", "at",    "be",   "this", "have", "from", "or",  "had",
      "by",    "but",  "what", "all",  "were",  "when", "your", "can",  "an",   "her", "which",
      "their", "if",   "will", "how",  "about", "many", "then", "them", "some", "so",  "would"};
  return words;
}

}  // namespace stapes::dataset
