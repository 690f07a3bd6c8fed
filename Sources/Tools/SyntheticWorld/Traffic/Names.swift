// Common names of many origins, combined by chance. No person is meant: every combination is made up.
enum Names {
    static let girls: [String] = [
        "Amelia", "Aisha", "Olivia", "Zofia", "Fatima", "Grace", "Priya", "Chloe", "Mei", "Ife", "Sofia", "Maryam",
        "Ella", "Ananya", "Niamh", "Leila", "Ruby", "Simran", "Poppy", "Adaeze", "Hana", "Freya", "Yasmin", "Ioana",
        "Evie", "Zainab", "Lily", "Keira", "Noor", "Bronwen", "Daisy", "Asha", "Martha", "Rukhsana", "Elena", "Skye",
    ]
    static let boys: [String] = [
        "Oliver", "Muhammad", "Jack", "Kacper", "Yusuf", "Noah", "Arjun", "Callum", "Wei", "Tunde", "Mateo", "Ibrahim",
        "Alfie", "Rohan", "Cian", "Omar", "Harry", "Gurdeep", "Leo", "Chidi", "Kenji", "Finn", "Hamza", "Andrei",
        "Jayden", "Bilal", "George", "Lewis", "Zayd", "Dylan", "Theo", "Vikram", "Samuel", "Imran", "Luca", "Rhys",
    ]
    static let families: [String] = [
        "Smith", "Khan", "Jones", "Patel", "Kowalski", "Begum", "Taylor", "Okafor", "Williams", "Singh", "Brown",
        "Hussain", "Evans", "Chen", "Murphy", "Ali", "Walker", "Adeyemi", "Wright", "Kaur", "Green", "Popescu", "Hall",
        "Ahmed", "Wood", "Nguyen", "Clarke", "Mensah", "Hughes", "Silva", "Baker", "Rahman", "Carter", "Sharma",
        "Turner", "Mohamed", "Cooper", "Nowak", "Ward", "Abdi", "Morris", "Das", "Bailey", "Osei", "Kelly", "Mahmood",
        "Price", "Ibrahim", "Bennett", "Lewandowska", "Shaw", "Mistry", "Foster", "Campbell", "Yilmaz", "Hunt",
        "O'Connor", "Dhillon", "Palmer", "Georgiou", "Barker", "Haddad", "Lane", "Costa",
    ]
    static let streets: [String] = [
        "Invented Lane", "Sample Street", "Specimen Road", "Model Close", "Pattern Avenue", "Figure Court",
        "Trial Terrace", "Imagined Way", "Drawn Crescent", "Made-Up Gardens", "Example Rise", "Notional Square",
    ]
    static let roles: [String] = [
        "designated safeguarding lead", "police officer", "nurse in charge", "general practitioner", "health visitor",
        "housing officer", "support worker", "social worker", "contact centre adviser", "family worker",
    ]
    /// Letters of the second half of a postcode; the real ones leave out the same.
    static let postcodeLetters: [UInt8] = Array("ABDEFGHJLNPQRSTUWXYZ".utf8)
}
