/// How names are brought to one spelling before they are compared: small letters, no accents, no apostrophes, words apart
/// by one space. `O’Brien` and `OBRIEN` are one name; so are `Smith-Jones` and `Smith Jones`. Letters of other scripts
/// keep their shape: a guess at a transliteration would make one name of two.
public enum Folding {
    /// - Returns: nil where nothing is left.
    public static func fold(_ text: String) -> String? {
        var folded = ""
        var breaks = false
        func put(_ letters: some StringProtocol) {
            if breaks, !folded.isEmpty { folded.append(" ") }
            breaks = false
            folded.append(contentsOf: letters)
        }
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x61...0x7a, 0x30...0x39: put(String(scalar))
            case 0x41...0x5a: put(String(UnicodeScalar(UInt8(scalar.value + 32))))
            case 0x300...0x36f: continue
            case 0xc0...0x24f: put(latin(scalar, in: firstBases, from: 0xc0))
            case 0x1e00...0x1eff: put(latin(scalar, in: secondBases, from: 0x1e00))
            default:
                let properties = scalar.properties
                if breaksWord(scalar) || properties.isWhitespace {
                    breaks = true
                } else if properties.isAlphabetic {
                    put(properties.lowercaseMapping)
                }
            }
        }
        return folded.isEmpty ? nil : folded
    }

    /// Hyphens and dashes, the slash, the comma and the underscore.
    private static func breaksWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2c, 0x2d, 0x2f, 0x5f, 0x2010...0x2015, 0x2212: true
        default: false
        }
    }

    private static func latin(_ scalar: Unicode.Scalar, in bases: [UInt8], from start: UInt32) -> String {
        switch scalar.value {
        case 0xc6, 0xe6: return "ae"
        case 0xde, 0xfe: return "th"
        case 0xdf, 0x1e9e: return "ss"
        case 0x132, 0x133: return "ij"
        case 0x152, 0x153: return "oe"
        case 0xd7, 0xf7: return ""
        default:
            let base = bases[Int(scalar.value - start)]
            return base == UInt8(ascii: "-") ? scalar.properties.lowercaseMapping : String(UnicodeScalar(base))
        }
    }

    // The letter under the accents for each code point, by Unicode's canonical decompositions and, for letters with a
    // stroke, by eye. A dash: none.
    private static let firstBases = Array(
        ("aaaaaa-ceeeeiiiidnooooo-ouuuuy--aaaaaa-ceeeeiiiidnooooo-ouuuuy-y"
            + "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii--jjkk-lllllll"
            + "lllnnnnnnnnnoooooo--rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs"
            + "-b---------------ff-------------oo-------------uu---------------"
            + "-------------aaiioouuuuuuuuuu-aaaa----ggkkoooo--j---gg--nnaa----"
            + "aaaaeeeeiiiioooorrrruuuusstt--hh------aaeeooooooooyy------------" + "----------------").utf8)
    private static let secondBases = Array(
        ("aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm"
            + "mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv"
            + "wwwwwwwwwwxxxxyyzzzzzzhtwy-s----aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee"
            + "eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy------").utf8)
}
