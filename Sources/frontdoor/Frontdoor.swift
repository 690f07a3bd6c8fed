@main struct Frontdoor { static func main() {} }
